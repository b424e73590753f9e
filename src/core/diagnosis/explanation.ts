import { say, type Argument, type Message } from '../messages/message';
import type { ProblemCode } from '../model';
import type { Place, RootCause } from './root-cause';
import type { UserFiles } from './user-files';
import type { FindWorkspaceModule } from './packages/workspace-modules';

/** What is known of the bento whose failure is explained. */
export interface CauseContext {
  /** The interpreter in use. */
  readonly python: string;
  /** What BentoML is given: `service:svc`. */
  readonly reference: string;
  /** Where BentoML is started, absolute. */
  readonly workingDir: string;
  /** The environment of its processes. */
  readonly env: Readonly<Record<string, string>>;
  /** BentoML's, absolute. */
  readonly home?: string;
  readonly files: UserFiles;
  readonly workspaceModule: FindWorkspaceModule;
}

/** What is wrong and what to do about it, for people. */
export interface Explanation {
  readonly code: ProblemCode;
  /** What is wrong: the middle of a sentence, without a full stop. */
  readonly text: Argument;
  /** What to do before the bento is served again: a sentence without its full stop. */
  readonly advice: Message;
  readonly place?: Place;
  /** The setting that `advice` names. */
  readonly setting?: string;
  /** What pip would have to install. */
  readonly install?: readonly string[];
  /** The variable of the environment that is not set. */
  readonly variable?: string;
  /** The folder of the workspace that holds the module that was not found. */
  readonly moduleFolder?: string;
}

/** For what is wrong in the user's code and has no known repair. */
export const plainAdvice = say('fixIt');

/** ` (service.py:3)`, where it is known. */
export const at = ({ place }: Pick<RootCause, 'place'>): string =>
  place === undefined ? '' : ` (${place.shown}:${place.line})`;
