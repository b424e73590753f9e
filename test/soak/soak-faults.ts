import type { ServeBentoApi } from '../../src/api';
import { bentoOf } from '../window/support/extension-api';
import { until } from '../support/until';
import { pick } from './random';

export interface SoakFault {
  readonly kind: string;
  /** Brings it about and resolves when it is over, as far as it ends by itself. */
  readonly inject: (api: ServeBentoApi, id: string, random: () => number) => Promise<void>;
}

/** Time in which a worker that is gone, or hangs, must have been replaced, milliseconds. */
const replacedWithinMs = 60_000;

const workerOf = (api: ServeBentoApi, id: string, random: () => number): number =>
  pick(
    random,
    bentoOf(api, id).components.flatMap(({ pids }) => pids),
  );

const gone = (api: ServeBentoApi, id: string, pid: number): Promise<unknown> =>
  until(
    `the end of ${pid}`,
    () => bentoOf(api, id).components.every(({ pids }) => !pids.includes(pid)) || undefined,
    replacedWithinMs,
  );

const signalled =
  (signal: NodeJS.Signals): SoakFault['inject'] =>
  async (api, id, random) => {
    const pid = workerOf(api, id, random);
    process.kill(pid, signal);
    await gone(api, id, pid);
  };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const soakFaults: readonly SoakFault[] = [
  { kind: 'worker killed', inject: signalled('SIGKILL') },
  { kind: 'worker asked to end', inject: signalled('SIGTERM') },
  { kind: 'worker stopped for good', inject: signalled('SIGSTOP') },
  {
    kind: 'worker stopped for a moment',
    inject: async (api, id, random) => {
      const pid = workerOf(api, id, random);
      process.kill(pid, 'SIGSTOP');
      await pause(200 + random() * 1500);
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // Taken for hanging, it was replaced already.
      }
    },
  },
  {
    kind: 'component restarted',
    inject: async (api, id, random) => {
      await api.restart(id, pick(random, bentoOf(api, id).components).id);
    },
  },
  {
    kind: 'bento restarted',
    inject: async (api, id) => {
      await api.restart(id);
    },
  },
  {
    kind: 'stopped and served',
    inject: async (api, id) => {
      await api.stop(id);
      await api.serve(id);
    },
  },
  {
    kind: 'stopped during its start',
    inject: async (api, id, random) => {
      await api.stop(id);
      const serving = api.serve(id).catch(() => undefined);
      await pause(random() * 1500);
      await api.stop(id);
      await serving;
      await api.serve(id);
    },
  },
];
