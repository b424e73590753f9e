import type { exportSet } from '../export/export-set';
import type { LogFolder } from '../logs/log-folder';
import type { planRequest } from '../plan/plan-request';
import type { serversTls } from '../tls/server-tls';
import type { planOnly } from '../target/local/prepare/prepared-serve';
import type { ServeContext } from '../target/serve-request';
import type { ServedBento } from '../target/local/served-bento';
import type { HelperPool } from '../target/local/fork-server/helper-pool';
import type { WatchedBento } from '../target/watched/watched-bento';

/** What talks to processes comes with the first serve. */
export interface RegistryContext extends ServeContext {
  readonly loadServing: () => Promise<{
    readonly ServedBento: typeof ServedBento;
    readonly HelperPool: typeof HelperPool;
    readonly WatchedBento: typeof WatchedBento;
    readonly planOnly: typeof planOnly;
    readonly planRequest: typeof planRequest;
    readonly serversTls: typeof serversTls;
    readonly exportSet: typeof exportSet;
  }>;
  readonly loadLogFolder: () => Promise<LogFolder>;
}
