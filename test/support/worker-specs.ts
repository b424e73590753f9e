import type { WorkerSpec } from '../../src/core/target/local/workers/worker-generation';

/** Workers of a component, as many as are named. */
export const workerSpecs = (...names: readonly string[]): readonly WorkerSpec[] =>
  names.map((process) => ({
    ...{ process, argv: ['serve', process], env: {}, cwd: '/', fds: [] },
    deathSignal: 'SIGKILL' as const,
    imports: `/run/i/${process}`,
  }));
