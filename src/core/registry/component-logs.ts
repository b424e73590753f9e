import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { ComponentLog } from '../logs/component-log';
import type { LogFolder } from '../logs/log-folder';

/** The logs of one bento. Each component keeps its log from serve to serve. */
export class ComponentLogs {
  readonly #logs = new Map<string, ComponentLog>();

  get(component: string): ComponentLog | undefined {
    return this.#logs.get(component);
  }

  open(folder: LogFolder, bento: DiscoveredBento, component: string): ComponentLog {
    const log = this.#logs.get(component) ?? folder.open(bento, component);
    this.#logs.set(component, log);
    return log;
  }
}
