import type { BentoManager } from '../../core/bento-manager';
import type { StoreKind } from '../../core/discovery/store-versions';
import type { BentomlAction } from '../../core/store/bentoml-command';
import type { BentoChoice } from './bento-choice';
import type { CommandName } from '../identifiers';
import type { InspectedComponent } from '../profile/inspected-worker';
import type { ProblemMessages } from '../problems/problem-messages';
import type { Secrets } from '../trust/secrets';
import type { ServeWithProgress } from '../lifecycle/serve-with-progress';
import type { StoreVersionTag } from '../store/store-node';
import type { Bento } from '../../core/model';
import type { DescribedSubject } from '../engine/describe';
import type { Target, WorkerTarget } from './target';
import type { Terminals } from '../terminals/terminals';

/** Handles a command. VS Code passes the row, file or id that it was called on, or nothing. */
export type CommandHandler = (argument: unknown) => Promise<void>;

/** The handlers of some commands. */
export type CommandGroup<Names extends CommandName> = Readonly<Record<Names, CommandHandler>>;

export interface CommandParts {
  readonly manager: BentoManager;
  readonly choice: BentoChoice;
  readonly progress: ServeWithProgress;
  readonly messages: ProblemMessages;
  readonly terminals: Terminals;
  readonly log: { show(): void };
  /** Resolves when the first discovery is done. */
  readonly discovered: () => Promise<unknown>;
  readonly secrets: Secrets;
  readonly createCertificate: () => Promise<void>;
  /** Opens the log of a component. Without a bento, the user chooses among all logs. */
  readonly openLog: (target: Partial<Target>) => Promise<void>;
  /** Runs a command of BentoML as a task, for the bento with that id. */
  readonly runBentoml: (action: BentomlAction, id: string) => Promise<void>;
  /** Deletes it after the user has confirmed. */
  readonly deleteVersion: (version: StoreVersionTag) => Promise<void>;
  /** The directory of the store's bentos or models. */
  readonly storeDirectory: (kind: StoreKind) => string;
  /** Profiles a worker of a component. */
  readonly profile: (target: InspectedComponent) => Promise<void>;
  /** Shows the stacks of the workers of a component. */
  readonly dumpStacks: (target: InspectedComponent) => Promise<void>;
  /** Acts on the containers and pods of bentos. */
  readonly onEngine: {
    /** Shows the output of a container or pod, or that of the container before its last restart. */
    readonly showLog: (target: WorkerTarget, previous: boolean) => Promise<void>;
    readonly describe: (subject: DescribedSubject) => Promise<void>;
    readonly scale: (target: InspectedComponent) => Promise<void>;
    readonly compare: (bento: Bento) => Promise<void>;
  };
  /** Collects what a bug report needs. */
  readonly diagnose: () => Promise<string>;
}
