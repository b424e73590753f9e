import { expect, it } from 'vitest';
import type { Problem } from '../../../../../src/core/model';
import {
  healthEvent,
  type HangPolicy,
} from '../../../../../src/core/target/local/supervise/health-event';

const notReady: Problem = { code: 'not-ready', message: 'http is not ready.' };
const hangs: Problem = { code: 'unresponsive', message: 'http does not respond.' };
const policy: HangPolicy = { onHang: 'notify', watchOnly: false, remote: false };
const restarts: Partial<HangPolicy> = { onHang: 'restart' };

it.each<[string, Problem | undefined, Partial<HangPolicy>, object]>([
  ['well', undefined, {}, { type: 'healthy' }],
  ['well, where hangs are restarted', undefined, restarts, { type: 'healthy' }],
  ['not ready', notReady, {}, { type: 'unhealthy', problem: notReady, atOnce: false }],
  [
    'not ready, where hangs are restarted',
    notReady,
    restarts,
    { type: 'unhealthy', problem: notReady, atOnce: false },
  ],
  [
    'not ready, and only watched',
    notReady,
    { watchOnly: true },
    { type: 'unhealthy', problem: notReady, atOnce: true },
  ],
  ['unresponsive', hangs, {}, { type: 'unhealthy', problem: hangs, atOnce: false }],
  ['unresponsive, and restarted for it', hangs, restarts, { type: 'hung', problem: hangs }],
  [
    'unresponsive elsewhere, where nothing can be restarted',
    hangs,
    { ...restarts, remote: true },
    { type: 'unhealthy', problem: hangs, atOnce: false },
  ],
])('a component that is %s', (_, problem, own, event) => {
  expect(healthEvent(problem, { ...policy, ...own })).toEqual(event);
});
