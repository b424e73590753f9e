import { open } from 'node:fs/promises';
import type { Clock } from '../clock';
import { say } from '../messages/message';
import type { Problem } from '../model';
import { pause } from '../pause';
import { cancelled, ServeError } from '../problem';
import type { ProcessHost, StacksFile } from '../target/local/helper/process-host';
import { inspectionProblem, refusal, workerName } from './inspection-problem';
import { readStacks, type ThreadStack } from './read-stacks';
import type { RunningWorker } from './running-worker';

/** What the threads of a worker were doing at one moment, or why that is not known. */
export interface WorkerStacks {
  readonly worker: RunningWorker;
  readonly threads: readonly ThreadStack[];
  readonly problem?: Problem;
}

/** Milliseconds in which a worker writes its stacks. */
const limitMs = 5_000;
/** Milliseconds in which nothing more is written when all of it is there: nothing says where it ends. */
const quietMs = 150;
/** In bytes: more than one dump can have. */
const mostBytes = 4 * 1024 * 1024;

/**
 * The stacks of all threads of the workers. Those that hang have them, too.
 * @throws ServeError `stacks` when there are none of any of them, or `cancelled`.
 */
export async function dumpStacks(
  parts: { readonly host: ProcessHost; readonly clock: Clock },
  workers: readonly RunningWorker[],
  signal: AbortSignal,
): Promise<readonly WorkerStacks[]> {
  const dumps = await Promise.all(workers.map((worker) => dump(parts, worker, signal)));
  if (signal.aborted) throw cancelled();
  const [first] = dumps;
  if (first?.problem !== undefined && dumps.every(({ problem }) => problem !== undefined)) {
    throw new ServeError(first.problem);
  }
  return dumps;
}

async function dump(
  { host, clock }: { readonly host: ProcessHost; readonly clock: Clock },
  worker: RunningWorker,
  signal: AbortSignal,
): Promise<WorkerStacks> {
  const name = workerName(worker);
  const problem = (key: 'noStacks' | 'notInspectable', detail?: string): Problem =>
    inspectionProblem('stacks', worker, say(key, { name }), detail);
  try {
    const text = await written(clock, await host.dumpStacks(worker.pid), signal);
    const threads = readStacks(text);
    return { worker, threads, ...(threads.length > 0 ? {} : { problem: problem('noStacks') }) };
  } catch (error) {
    const refused = refusal(error, (detail) => problem('notInspectable', detail));
    if (!(refused instanceof ServeError)) {
      return { worker, threads: [], problem: problem('noStacks', String(error)) };
    }
    return { worker, threads: [], problem: refused.problem };
  }
}

/** The head of the file, and what has come behind it. */
async function written(
  clock: Clock,
  { file, begin }: StacksFile,
  signal: AbortSignal,
): Promise<string> {
  const from = clock.now();
  let before = '';
  while (clock.now() - from < limitMs && !signal.aborted) {
    await pause(clock, quietMs, signal);
    const text = await readFrom(file, begin);
    if (text !== '' && text === before) {
      const [head = ''] = (await readFrom(file, 0, longestHead)).split('\n', 1);
      return `${head}\n${text}`;
    }
    before = text;
  }
  return '';
}

/** In bytes. */
const longestHead = 40;

async function readFrom(file: string, begin: number, most = mostBytes): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, begin);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
