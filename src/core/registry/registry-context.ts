import type { LogFolder } from '../logs/log-folder';
import type { ServeContext } from '../target/serve-request';
import type * as Serving from './serving';

export interface RegistryContext extends ServeContext {
  readonly loadServing: () => Promise<typeof Serving>;
  readonly loadLogFolder: () => Promise<LogFolder>;
}
