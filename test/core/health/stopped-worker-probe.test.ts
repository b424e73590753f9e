import { describe, expect, it } from 'vitest';
import { StoppedWorkerProbe } from '../../../src/core/health/stopped-worker-probe';
import type { Probe, ProbeResult } from '../../../src/core/health/probe';
import { inEnglish } from '../../support/probe-in-english';

const signal = new AbortController().signal;
const ok: ProbeResult = { outcome: 'ok', latencyMs: 1 };

const answering = (result: ProbeResult): Probe => ({
  live: () => Promise.resolve(result),
  ready: () => Promise.resolve(result),
  dispose: () => undefined,
});

describe('a probe of several workers', () => {
  it('believes an answer while none of them is stopped', async () => {
    let stopped: number[] = [];
    const probe = new StoppedWorkerProbe(answering(ok), () => Promise.resolve(stopped));
    expect(await probe.ready(signal)).toEqual(ok);
    stopped = [17, 18];
    const no = { outcome: 'silent', reason: 'its worker with the pid 17 is stopped' };
    expect([await probe.ready(signal), await probe.live(signal)].map(inEnglish)).toEqual([no, no]);
    stopped = [];
    expect(await probe.live(signal)).toEqual(ok);
  });

  it('asks nobody when there is no answer, and is silent when the helper is gone', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('gone'));
    const refused: ProbeResult = { outcome: 'refused', reason: 'no' };
    expect(await new StoppedWorkerProbe(answering(refused), gone).ready(signal)).toEqual(refused);
    expect((await new StoppedWorkerProbe(answering(ok), gone).ready(signal)).outcome).toBe(
      'silent',
    );
  });
});
