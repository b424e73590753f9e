import { open } from 'node:fs/promises';
import type { Clock } from '../clock';
import { say } from '../messages/message';
import type { Problem } from '../model';
import { pause } from '../pause';
import { cancelled, ServeError } from '../problem';
import { HelperRefusal } from '../target/local/helper/helper-connection';
import type { ProcessHost, StacksFile } from '../target/local/helper/process-host';
import { untilAborted } from '../until-aborted';
import { withTimeout } from '../with-timeout';
import { inspectionProblem, refusal, workerName } from './inspection-problem';
import { isComplete, readStacks, type ThreadStack } from './read-stacks';
import type { RunningWorker } from './running-worker';

/** What the threads of a worker were doing at one moment, or why that is not known. */
export interface WorkerStacks {
  readonly worker: RunningWorker;
  readonly threads: readonly ThreadStack[];
  readonly problem?: Problem;
}

type StacksProblem = 'noStacks' | 'notInspectable' | 'helperSilent' | 'stacksLost';

/** Milliseconds in which a worker writes its stacks. */
const limitMs = 5_000;
/** Milliseconds between two reads of the file. */
const intervalMs = 50;
/** Milliseconds without new output after which stacks without a recognized end count as complete. */
const quietMs = 1_000;
/** Bytes to read for the first line of the file, which is always shorter. */
const longestHead = 16 * 1024;
const chunkBytes = 64 * 1024;

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
  const problem = (key: StacksProblem, detail?: string): Problem =>
    inspectionProblem('stacks', worker, say(key, { name }), detail);
  try {
    const place = await withTimeout(
      clock,
      limitMs,
      untilAborted(signal, host.dumpStacks(worker.pid)),
    );
    if (place === undefined) return { worker, threads: [], problem: problem('helperSilent') };
    const text = await written(clock, place, signal);
    const threads = readStacks(text);
    return { worker, threads, ...(threads.length > 0 ? {} : { problem: problem('noStacks') }) };
  } catch (error) {
    // The run directory is gone, and with it the file that the worker has open.
    const key =
      error instanceof HelperRefusal && error.code === 'ENOENT' ? 'stacksLost' : 'notInspectable';
    const refused = refusal(error, (detail) => problem(key, detail));
    if (!(refused instanceof ServeError)) {
      return { worker, threads: [], problem: problem('noStacks', String(error)) };
    }
    return { worker, threads: [], problem: refused.problem };
  }
}

/** Reads the first line of the file and the stacks written since; empty if there are none. */
async function written(
  clock: Clock,
  { file, begin }: StacksFile,
  signal: AbortSignal,
): Promise<string> {
  const from = clock.now();
  let head: string | undefined;
  let text = '';
  let changed = from;
  while (clock.now() - from < limitMs && !signal.aborted) {
    await pause(clock, intervalMs, signal);
    head ??= (await readFrom(file, 0, longestHead)).split('\n', 1)[0] ?? '';
    const more = await readFrom(file, begin + text.length);
    text += more;
    if (more !== '') changed = clock.now();
    const isQuiet = text !== '' && clock.now() - changed >= quietMs;
    const all = `${head}\n${text}`;
    if (isQuiet || (more !== '' && isComplete(all))) return all;
  }
  return '';
}

/** Reads up to this number of bytes, and decodes each one as a character. */
async function readFrom(file: string, begin: number, most = Infinity): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(chunkBytes);
    let text = '';
    while (text.length < most) {
      const length = Math.min(chunkBytes, most - text.length);
      const { bytesRead } = await handle.read(buffer, 0, length, begin + text.length);
      if (bytesRead === 0) break;
      text += buffer.toString('latin1', 0, bytesRead);
    }
    return text;
  } finally {
    await handle.close();
  }
}
