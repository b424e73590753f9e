import { describe, expect, it } from 'vitest';
import { PortOwnerProbe } from '../../../src/core/health/port-owner-probe';
import type { Probe, ProbeResult } from '../../../src/core/health/probe';

const signal = new AbortController().signal;
const silent: ProbeResult = { outcome: 'silent', reason: 'connection refused' };

const answering = (result: ProbeResult): Probe => ({
  live: () => Promise.resolve(result),
  ready: () => Promise.resolve(result),
  dispose: () => undefined,
});

describe('a probe of a port that the server binds itself', () => {
  const ok: ProbeResult = { outcome: 'ok', latencyMs: 1 };

  it('believes no stranger, and asks until it is us who answer', async () => {
    const strangers = [true, true, false];
    let asked = 0;
    const probe = new PortOwnerProbe(
      answering(ok),
      () => Promise.resolve(strangers[asked++] ?? true),
      'another program answers',
    );
    const no = { outcome: 'refused', reason: 'another program answers' };
    expect(await probe.ready(signal)).toEqual(no);
    expect(await probe.live(signal)).toEqual(no);
    expect(await probe.ready(signal)).toEqual(ok);
    expect(await probe.ready(signal)).toEqual(ok);
    expect(asked).toBe(3);
  });

  it('asks nobody while there is no answer to believe', async () => {
    const probe = new PortOwnerProbe(
      answering(silent),
      () => Promise.reject(new Error('asked')),
      '',
    );
    expect(await probe.ready(signal)).toEqual(silent);
  });

  it('is silent when the helper is gone', async () => {
    const probe = new PortOwnerProbe(answering(ok), () => Promise.reject(new Error('gone')), '');
    expect((await probe.ready(signal)).outcome).toBe('silent');
  });
});
