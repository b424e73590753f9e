import type { LogFolder } from '../logs/log-folder';
import type { EngineContext } from './engines/engine-context';
import type { ServeContext } from '../target/serve-request';
import type * as Serving from './serving';
import type * as Deployment from './deployment';

export interface RegistryContext extends ServeContext {
  readonly engines: EngineContext;
  readonly loadServing: () => Promise<typeof Serving>;
  readonly loadDeployment: () => Promise<typeof Deployment>;
  readonly loadLogFolder: () => Promise<LogFolder>;
}
