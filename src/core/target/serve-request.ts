import type { DebugChoice } from '../debug/debug-choice';
import type { Message } from '../messages/message';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Exposure } from '../exposure/exposure';
import type { LoadHealthClient } from '../health/grpc-probe';
import type { ComponentLog } from '../logs/component-log';
import type { PlanCache } from '../plan/plan-cache';
import type { StickyPorts } from './local/ports/sticky-ports';
import type { Interpreter } from '../interpreter/interpreter';
import type { PrivilegedVariable } from '../settings/privileged-variables';
import type { ServeSettings } from '../settings/serve-settings';
import type { ServersTls } from '../tls/server-tls';
import type { SettingsFiles } from '../settings/settings-files';
import type { ForwardedHosts } from '../exposure/host-check';
import type { HelperPoolContext } from './local/fork-server/helper-pool';
import type { ServedBefore } from './local/fork-server/served-before';

/** What every served bento needs of the world. */
export interface ServeContext extends HelperPoolContext {
  readonly random: () => number;
  readonly stickyPorts: StickyPorts;
  readonly planCache: PlanCache;
  /** Remembers what was served, so that the next window can warm it up. */
  readonly servedBefore: Pick<ServedBefore, 'add'>;
  /** A Python debugger is at work in the window. */
  readonly isDebugging: () => boolean;
  /** Asks before a bento listens where other machines can reach it; rejects when that is not wanted. */
  readonly confirmExposures: (
    bento: DiscoveredBento,
    exposed: readonly Exposure[],
    bentomlVersion: string,
  ) => Promise<void>;
  /** Asks before variables are set that reach beyond the bento's own code; rejects when that is not wanted. */
  readonly confirmVariables: (
    bento: DiscoveredBento,
    variables: readonly PrivilegedVariable[],
  ) => Promise<void>;
  readonly loadHealthClient: LoadHealthClient;
  readonly forwardedHosts: ForwardedHosts;
  /**
   * The password of a key of the folder's settings, kept or asked for; `again` when it was wrong. Rejects when it is not
   * given.
   */
  readonly keyPassword: (folder: string, file: string, again: boolean) => Promise<string>;
}

export interface ServeRequest {
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  readonly settingsFiles: SettingsFiles;
  readonly interpreter: Interpreter;
  /** The variables of its env files, which are in `env`. */
  readonly fileVariables: Readonly<Record<string, string>>;
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  readonly tls: ServersTls;
  /** A configured port that is taken is replaced by a free one. */
  readonly freePorts?: boolean;
  /** What of it attaches to a debugger before it imports the service. Asked when its components are known. */
  readonly debug?: () => DebugChoice | undefined;
  /** The settings profile that `settings` are of. */
  readonly profile?: string;
  readonly logFor: (component: string) => ComponentLog;
  readonly onPhase: (phase: Message) => void;
}
