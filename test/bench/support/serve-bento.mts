import path from 'node:path';
import { processesWith } from '../../support/processes.ts';
import { urlOf } from '../../support/url-of.ts';
import { importBundled } from './import-bundled.mts';
import { memoryOf } from './memory.mts';
import { processorMsOf } from './processor-time.mts';
import type * as HarnessOfBento from './harness-of-bento.ts';
import type { Subject } from './subject.mts';

const { stageOfBento } = (await importBundled(
  'test/bench/support/harness-of-bento.ts',
)) as typeof HarnessOfBento;

/** Our side: the registry of a window, with real processes. */
export interface ServeBento {
  readonly folder: string;
  /** Gives the milliseconds until all is ready, and where that is. */
  serve(): Promise<{ readonly readyMs: number; readonly url: string }>;
  /** Megabytes, of all processes with the helper. */
  memory(): number;
  /** Milliseconds of processor time until now, of all processes with the helper and ourselves, who read their output. */
  readonly processorMs: () => number;
  /** Milliseconds until nothing of the bento is left. */
  stop(): Promise<number>;
  /** As after ten idle minutes: nothing waits for the next serve. */
  cool(): Promise<void>;
  saved(file: string): void;
  /** Attaches all workers. `debugpy`: the folder that it is in. Gives the sockets for the editor. */
  attachDebugger(debugpy: string): Promise<readonly string[]>;
  detachDebugger(): Promise<void>;
  /** Profiles the worker that answers the requests for as long as the work lasts. */
  profiled<T>(work: () => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

export async function serveBento(python: string, subject: Subject): Promise<ServeBento> {
  const { apiWorkers = null } = subject;
  const settings = { warmUp: 'onServe', ...subject.settings, 'http.apiWorkers': apiWorkers };
  const { harness, id, folder } = await stageOfBento({
    python,
    ...subject,
    settings,
    warmIdleMs: 600_000,
  });
  return {
    folder,
    serve: async () => {
      const from = performance.now();
      const bento = await harness.registry.serve(id);
      return { readyMs: performance.now() - from, url: urlOf(bento) };
    },
    memory: () => memoryOf(processesWith(harness.mark)),
    processorMs: () => processorMsOf([process.pid, ...processesWith(harness.mark)]),
    stop: async () => {
      const from = performance.now();
      await harness.registry.stop(id);
      return performance.now() - from;
    },
    cool: () => harness.registry.stopAll(),
    saved: (file) => harness.saved([file]),
    attachDebugger: async (debugpy) => {
      const options = { debugpy, subProcess: false };
      const workers = await harness.registry.attachDebugger(id, undefined, options);
      return workers.map(({ socket }) => socket);
    },
    detachDebugger: async () => harness.registry.debugger(id)?.detach(),
    profiled: async (work) => {
      const { registry } = harness;
      const worker = registry.workers(id, undefined, 'profile').find(isEntry);
      if (worker === undefined) throw new Error('There is no worker to profile.');
      const over = new AbortController();
      const { promise: begun, resolve } = Promise.withResolvers<undefined>();
      const file = path.join(folder, 'bench.cpuprofile');
      const request = { seconds: 600, file, signal: over.signal };
      const profile = registry.profile(id, worker, {
        ...request,
        onBegin: () => resolve(undefined),
      });
      await Promise.race([begun, profile]);
      try {
        return await work();
      } finally {
        over.abort();
        await profile.catch(() => undefined);
      }
    },
    end: () => harness.dispose(),
  };
}

const isEntry = ({ process }: { readonly process: string }): boolean => process === 'http#1';
