import type { Bento } from '../../../src/core/model.ts';
import type * as StageModule from '../../support/stage.ts';
import { importBundled } from './import-bundled.mts';
import { memoryOf, processesWith } from './processes.mts';
import type { Subject } from './subject.mts';

const { setStage } = (await importBundled('test/support/stage.ts')) as typeof StageModule;

/** Our side: the registry of a window, with real processes. */
export interface ServeBento {
  readonly folder: string;
  /** Gives the milliseconds until all is ready, and where that is. */
  serve(): Promise<{ readonly readyMs: number; readonly url: string }>;
  /** Megabytes, of all processes with the helper. */
  memory(): number;
  /** Milliseconds until nothing of the bento is left. */
  stop(): Promise<number>;
  saved(file: string): void;
  end(): Promise<void>;
}

export function serveBento(python: string, subject: Subject): ServeBento {
  const settings = { ...subject.settings, http: { apiWorkers: subject.apiWorkers ?? 1 } };
  const stage = setStage({ python, ...subject, settings, warmIdleMs: 600_000 });
  const id = stage.registry.bentos[0]?.id ?? '';
  return {
    folder: stage.folder,
    serve: async () => {
      const from = performance.now();
      const bento = await stage.registry.serve(id);
      return { readyMs: performance.now() - from, url: urlOf(bento) };
    },
    memory: () => memoryOf(processesWith(stage.mark)),
    stop: async () => {
      const from = performance.now();
      await stage.registry.stop(id);
      return performance.now() - from;
    },
    saved: (file) => stage.saved([file]),
    end: () => stage.dispose(),
  };
}

const urlOf = ({ components }: Bento): string =>
  components.find(({ kind }) => kind === 'http')?.url ?? '';
