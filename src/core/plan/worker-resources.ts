import * as z from 'zod';
import type { PlannedProcess } from './plan';

/** What BentoML assigns to one worker; an absent value is not limited. */
export interface WorkerResources {
  /** Numbers or ids of devices; none of them for a worker that is to use the CPU. */
  readonly gpus?: readonly string[];
  /** Of numeric libraries. */
  readonly threads?: number;
}

const variables = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));
/** A runner's workers find theirs by their number from 0 (BentoML 1.1 and later), those of 1.2's services in a list. */
const ofWorkers = z.union([
  z.record(z.string(), variables),
  z.array(variables).transform((list) => Object.fromEntries(list.entries())),
]);

/** Of each worker, by what BentoML would set in its environment. */
export function workerResources({ argv, env, count }: PlannedProcess): readonly WorkerResources[] {
  const own = toldVariables(argv);
  return Array.from({ length: count }, (_, index) => resourcesOf({ ...env, ...own[index] }));
}

function toldVariables(argv: readonly string[]): Readonly<z.output<typeof ofWorkers>> {
  const at = argv.findIndex((argument) => /^--worker-env(-map)?$/.test(argument));
  try {
    return ofWorkers.parse(JSON.parse(argv[at + 1] ?? ''));
  } catch {
    return {};
  }
}

function resourcesOf(env: Readonly<Record<string, string>>): WorkerResources {
  const devices = env['CUDA_VISIBLE_DEVICES'];
  const threads = Number(env['BENTOML_NUM_THREAD'] ?? env['OMP_NUM_THREADS']);
  return {
    ...(devices === undefined
      ? {}
      : { gpus: devices.split(',').filter((device) => device !== '' && device !== '-1') }),
    ...(Number.isInteger(threads) && threads > 0 ? { threads } : {}),
  };
}
