import type { BentoRecord } from './bento-record';
import type { BentoSources } from './bento-sources';

type Sources = Pick<BentoSources, 'settingsFor' | 'watchServed'>;

/** Watches the source files of served bentos, wherever they are. */
export class ServedSources {
  readonly #sources: Sources;
  #watched = '';

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  follow(records: Iterable<Readonly<BentoRecord>>): void {
    const files = new Set<string>();
    for (const { bento, served } of records) {
      if (served === undefined || served.stopping || bento.source === 'store') continue;
      if (!this.#sources.settingsFor(bento).reload) continue;
      for (const file of served.plan?.sources ?? []) files.add(file);
    }
    const sorted = [...files].sort();
    const key = sorted.join('\0');
    if (key === this.#watched) return;
    this.#watched = key;
    this.#sources.watchServed(sorted);
  }
}
