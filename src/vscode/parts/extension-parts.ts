import type * as vscode from 'vscode';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import type { WarmUp } from '../../core/registry/warm-up';
import type { Resume } from '../lifecycle/resume';
import type { ServeWithProgress } from '../lifecycle/serve-with-progress';
import type { LazyLogFolder } from '../logs/lazy-log-folder';
import type { Install } from '../problems/problem-actions';
import type { ProblemMessages } from '../problems/problem-messages';
import type { WindowSources } from '../sources/window-sources';
import type { Terminals } from '../terminals/terminals';
import type { Secrets } from '../trust/secrets';

/** The objects that the features share. */
export interface ExtensionParts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  /** The folder of the extension's Python scripts. */
  readonly scripts: string;
  readonly secrets: Secrets;
  readonly sources: WindowSources;
  readonly logFiles: LazyLogFolder;
  readonly registry: BentoRegistry;
  readonly terminals: Terminals;
  readonly messages: ProblemMessages;
  readonly progress: ServeWithProgress;
  readonly install: Install;
  /** Finds what can install packages into an interpreter and build bentos with it. */
  readonly tools: (python: string, bento: string | undefined) => Promise<PythonTools>;
  readonly warmUp: WarmUp;
  readonly resume: Resume;
  /** To be called when the bentos of before a reload are served again. Warming up waits for it. */
  readonly settle: () => void;
}
