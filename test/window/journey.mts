import type { Page } from 'playwright-core';
import type { CaseContext, CaseOptions } from './case-options.mts';
import type { VsCodeWindow } from './host/window.mts';

/** What a person does in a window; throws when it does not go as it should. */
export type Journey = (page: Page, window: VsCodeWindow, context: CaseContext) => Promise<void>;

/** A file of `journeys/`. */
export interface JourneyModule {
  readonly default: Journey;
  readonly options?: CaseOptions;
}
