import type * as vscode from 'vscode';
import type { Bento } from './core/model';

export type {
  Bento,
  BentoEngine,
  BentoSource,
  BentoState,
  Component,
  ComponentKind,
  ComponentState,
  ComponentWorker,
  Generation,
  Problem,
  ProblemCode,
  SourceLocation,
  StartProgress,
} from './core/model';

export interface ServeOptions {
  readonly cancel?: vscode.CancellationToken;
  /** Of the setting `serveBento.profiles`, remembered for the bento. Default: the one that was used last. */
  readonly profile?: string;
}

/**
 * What `activate` returns: `await vscode.extensions.getExtension<ServeBentoApi>('serve-bento.serve-bento')?.activate()`.
 * Every value is plain JSON and immutable; `bentos` is a new array after each `onDidChange`.
 * Rejections are `Error`s whose `code` is a `ProblemCode`.
 */
export interface ServeBentoApi {
  readonly version: 1;
  /** Everything discovered, running or not. */
  readonly bentos: readonly Bento[];
  readonly onDidChange: vscode.Event<void>;
  /** Resolves when discovery is done. */
  refresh(): Promise<readonly Bento[]>;
  /** Resolves when all components are ready, at once when they are; of a `remote` bento, when each address was asked. */
  serve(id: string, options?: ServeOptions): Promise<Bento>;
  /** Resolves when no process of it is left. */
  stop(id: string): Promise<void>;
  /** `component` is a `Component.id`; without it, all. Resolves when ready again. */
  restart(id: string, component?: string): Promise<Bento>;
}
