import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { moment } from '../../support/pauses.ts';
import { processesWith } from '../../support/processes.ts';
import { SeparateHost } from '../../support/separate-host.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';

/** How long the sample takes to be ready, and to be stopped, about, in milliseconds. */
const startMs = 3000;
const stopMs = 700;

const killedAt = (phase: 'start' | 'stop'): Fault => ({
  number: 69,
  fault: `the host is killed at a random moment of the ${phase}`,
  expected: 'nothing left within 2 s',
  on: 'host',
  times: 25,
  run: async ({ python, bundle, runFiles }) => {
    const serve = { python, runFiles, sample: 'samples/search', reference: 'service:Search' };
    const host = new SeparateHost(bundle, { serve, id: 'service.py:Search' });
    const { folder, mark } = await host.hears('staged');
    try {
      if (phase === 'stop') {
        await host.hears('ready');
        host.stop();
      }
      await moment(Math.random() * (phase === 'stop' ? stopMs : startMs));
      const from = performance.now();
      await host.kill();
      const nobody = (): true | undefined => processesWith(mark).length === 0 || undefined;
      await until('the end', nobody, 2000).catch(() => undefined);
      assert.deepEqual(processesWith(mark), []);
      return `nothing left after ${Math.round(performance.now() - from)} ms`;
    } finally {
      for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

export const killedHosts: readonly Fault[] = [killedAt('start'), killedAt('stop')];
