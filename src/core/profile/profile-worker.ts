import { rm } from 'node:fs/promises';
import type { Clock } from '../clock';
import { say, type Message } from '../messages/message';
import { cancelled, ServeError } from '../problem';
import type { HelperProfile } from '../target/local/helper/helper-messages';
import type { ProcessHost } from '../target/local/helper/process-host';
import { withTimeout } from '../with-timeout';
import { inspectionProblem, refusal, workerName } from './inspection-problem';
import type { RunningWorker } from './running-worker';

export interface ProfileRequest {
  readonly seconds: number;
  /** The file that the worker writes, in the format of V8. It must not exist, and its folder must. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Called when the worker has begun. */
  readonly onBegin?: () => void;
}

/** Seconds between two samples. The profiler of V8 samples ten times as often by default, which costs more. */
const interval = 0.01;
/** Milliseconds in which a worker begins: its main thread must run Python code. */
const beginLimitMs = 15_000;
/** Milliseconds beyond the time of the profile in which the worker writes the file. */
const writeLimitMs = 30_000;
/** Milliseconds that the host has for a request that does not involve a worker. */
const hostLimitMs = 5_000;

type Outcome =
  | 'done'
  | 'silent'
  | 'hangs'
  | 'late'
  | 'ended'
  | 'stopped'
  | 'cancelled'
  | NonNullable<HelperProfile['failure']>;

export interface ProfileParts {
  readonly host: ProcessHost;
  readonly clock: Clock;
  /** Aborts when the bento stops. */
  readonly stopped: AbortSignal;
}

/**
 * Has a worker profile itself while it serves. Resolves when the file is written.
 * @throws ServeError `profile` why there is none, or `cancelled`; the worker serves on.
 */
export async function profileWorker(
  { host, clock, stopped }: ProfileParts,
  worker: RunningWorker,
  { seconds, file, signal, onBegin }: ProfileRequest,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let isAsked = false;
  let limit = clock.after(beginLimitMs, () => resolve(isAsked ? 'hangs' : 'silent'));
  const reports = host.onProfile((report) => {
    if (report.file !== file) return;
    if (report.failure !== null) resolve(report.failure);
    else if (report.done) resolve('done');
    else {
      limit.dispose();
      limit = clock.after(seconds * 1000 + writeLimitMs, () => resolve('late'));
      onBegin?.();
    }
  });
  const over = new AbortController();
  const on = (ending: AbortSignal, outcome: Outcome): void => {
    if (ending.aborted) resolve(outcome);
    ending.addEventListener('abort', () => resolve(outcome), { signal: over.signal });
  };
  on(signal, 'cancelled');
  on(stopped, 'stopped');
  void host.ended.then(() => resolve('ended'));
  let outcome: Outcome;
  try {
    const asked = host.profile(worker.pid, { seconds, interval, file });
    outcome = await Promise.race([promise, asked.then(() => ((isAsked = true), promise))]);
  } catch (error) {
    const name = workerName(worker);
    throw refusal(error, (detail) =>
      inspectionProblem('profile', worker, say('notProfilable', { name }), detail),
    );
  } finally {
    limit.dispose();
    reports.dispose();
    over.abort();
  }
  if (outcome === 'done') return;
  // A host that is gone has ended it.
  await withTimeout(
    clock,
    hostLimitMs,
    host.endProfile(file).catch(() => undefined),
  );
  await Promise.all([file, `${file}.partial`].map((one) => rm(one, { force: true })));
  if (outcome === 'cancelled') throw cancelled();
  const detail = typeof outcome === 'string' ? undefined : `${outcome.code}: ${outcome.message}`;
  throw new ServeError(
    inspectionProblem('profile', worker, messageOf(outcome, workerName(worker), file), detail),
  );
}

function messageOf(
  outcome: Exclude<Outcome, 'done' | 'cancelled'>,
  name: string,
  file: string,
): Message {
  switch (outcome) {
    case 'silent':
      return say('helperSilent', { name });
    case 'stopped':
      return say('stoppedBeforeProfile', { name });
    case 'hangs':
      return say('profileHangs', { name });
    case 'late':
      return say('profileLate', { name });
    case 'ended':
      return say('endedBeforeProfile', { name });
    default:
      if (outcome.code === 'gone') return say('endedBeforeProfile', { name });
      return outcome.code === 'already-profiled'
        ? say('profiledAlready', { name })
        : say('profileNotWritten', { name, file });
  }
}
