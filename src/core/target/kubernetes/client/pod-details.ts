import * as z from 'zod';
import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import { say, type Argument } from '../../../messages/message';
import { oneLine } from '../../../one-line';
import { crashReason } from '../../containers/crash-reason';
import { lastCause } from '../../last-cause';
import type { ClusterPod } from './cluster-pod';
import type { ClusterReader } from './cluster-reader';
import type { Kubectl } from './kubectl';
import { mainContainer } from './pod';
import { events, type ResourcePaths } from './resource-paths';

const eventList = z.object({
  items: z.array(
    z.object({
      reason: z.string().catch(''),
      message: z.string().catch(''),
      lastTimestamp: z.string().nullish().catch(undefined),
      eventTime: z.string().nullish().catch(undefined),
    }),
  ),
});

/** The time after which the events of a pod are read again. */
const eventsMs = 10_000;
/** More pods of one bento that fail at once mostly fail for the same reason. */
const maxPods = 8;
const logLines = '200';

interface Detail {
  /** What was read: another restart has another log. */
  readonly of: string | undefined;
  readonly at: number;
  readonly reason?: Argument;
}

/** Reads the reasons that the status of a pod does not have: the answers of its probes, and the exception in its log. */
export class PodDetails implements Disposable {
  readonly #kubectl: Kubectl;
  readonly #cluster: ClusterReader;
  readonly #paths: ResourcePaths;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #details = new Map<string, Detail>();
  readonly #end = new AbortController();
  #next: readonly ClusterPod[] = [];
  #isReading = false;
  #again: Disposable | undefined;

  constructor(
    { kubectl, cluster }: { readonly kubectl: Kubectl; readonly cluster: ClusterReader },
    paths: ResourcePaths,
    clock: Clock,
    onChange: () => void,
  ) {
    this.#kubectl = kubectl;
    this.#cluster = cluster;
    this.#paths = paths;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Returns the reason as far as it is known now. */
  reasonOf(pod: ClusterPod): Argument | undefined {
    return this.#detail(pod)?.reason ?? pod.reason;
  }

  /** Reads what is missing for these pods, one after the other. The reasons of all others are forgotten. */
  look(pods: readonly ClusterPod[]): void {
    const unclear = pods.filter((pod) => subjectOf(pod) !== undefined).slice(0, maxPods);
    const uids = new Set(unclear.map(({ uid }) => uid));
    for (const uid of this.#details.keys()) if (!uids.has(uid)) this.#details.delete(uid);
    this.#next = unclear;
    void this.#read();
  }

  dispose(): void {
    this.#end.abort();
    this.#again?.dispose();
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    for (;;) {
      const pod = this.#next.find((one) => this.#isOld(one));
      if (pod === undefined || this.#isOver()) break;
      const before = this.#detail(pod)?.reason;
      const reason = (await this.#reason(pod).catch(() => undefined)) ?? before;
      if (this.#isOver()) break;
      this.#details.set(pod.uid, {
        ...{ of: subjectOf(pod), at: this.#clock.now() },
        ...(reason === undefined ? {} : { reason }),
      });
      if (JSON.stringify(reason) !== JSON.stringify(before)) this.#onChange();
    }
    this.#isReading = false;
    this.#again?.dispose();
    if (this.#isOver() || !this.#next.some((one) => one.crash === undefined)) return;
    this.#again = this.#clock.after(eventsMs, () => void this.#read());
  }

  #detail(pod: ClusterPod): Detail | undefined {
    const detail = this.#details.get(pod.uid);
    return detail?.of === subjectOf(pod) ? detail : undefined;
  }

  #isOld(pod: ClusterPod): boolean {
    const detail = this.#detail(pod);
    if (detail === undefined) return true;
    return pod.crash === undefined && this.#clock.now() - detail.at >= eventsMs;
  }

  async #reason(pod: ClusterPod): Promise<Argument | undefined> {
    const { signal } = this.#end;
    if (pod.crash === undefined) {
      const fieldSelector = `involvedObject.uid=${pod.uid},type=Warning`;
      const path = this.#paths.list(events, { fieldSelector, limit: '50' });
      const output = await this.#cluster.get(path, { signal });
      return eventReason(JSON.parse(output));
    }
    const options = ['--container', mainContainer, `--tail=${logLines}`, '--limit-bytes=100000'];
    const previous = pod.crash.isPrevious ? ['--previous'] : [];
    const output = await this.#kubectl.query(['logs', pod.name, ...options, ...previous], {
      signal,
    });
    return crashReason(pod.reason ?? say('exitUnknown'), output);
  }
}

/** Identifies what a pod's reason depends on. Undefined if its status has the whole reason. */
function subjectOf({ crash, restarts, needsEvents }: ClusterPod): string | undefined {
  if (crash !== undefined) return `log ${restarts} ${crash.isPrevious}`;
  return needsEvents ? `events ${restarts}` : undefined;
}

/** Returns the reason in the latest event that has one. */
export function eventReason(list: unknown): Argument | undefined {
  const { data } = eventList.safeParse(list);
  const timeOf = ({
    lastTimestamp,
    eventTime,
  }: NonNullable<typeof data>['items'][number]): number =>
    Date.parse(lastTimestamp ?? eventTime ?? '') || 0;
  const latest = [...(data?.items ?? [])].sort((one, other) => timeOf(other) - timeOf(one));
  for (const { reason, message } of latest) {
    if (reason === 'Unhealthy') return probeReason(message);
    if (reason === 'FailedMount' || reason === 'FailedAttachVolume') {
      return say('podVolume', { reason: lastCause(message) });
    }
    if (reason === 'FailedCreatePodSandBox') {
      return say('podNotCreated', { reason: lastCause(message) });
    }
  }
  return undefined;
}

/** `Readiness probe failed: HTTP probe failed with statuscode: 503`, `Startup probe failed: Get "…": dial tcp …: connect: connection refused`. */
function probeReason(outcome: string): Argument | undefined {
  const match = /^(\w+) probe (?:failed|errored)[^:]*: ([^]*)$/.exec(outcome);
  if (match === null) return undefined;
  const [, kind = '', text = ''] = match;
  const [, status] = /statuscode: (\d+)/.exec(text) ?? [];
  const answer: Argument =
    status === undefined
      ? /connection refused/.test(text)
        ? say('connectionRefused')
        : /deadline exceeded|Client\.Timeout|timeout/.test(text)
          ? say('clusterSilent')
          : lastCause(text)
      : say('podCheckAnswered', { status });
  return say('podCheckSays', { probe: oneLine(kind.toLowerCase(), 20), answer });
}
