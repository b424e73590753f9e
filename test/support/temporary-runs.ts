import path from 'node:path';
import { systemClock } from '../../src/core/clock';
import { orphanTracking } from '../../src/core/orphans/orphans';
import type { Runs } from '../../src/core/orphans/runs';
import { quietLog } from './quiet-log';

/** Puts on record in a folder of the test. */
export const temporaryRuns = (folder: string): Runs =>
  orphanTracking({
    folder: path.join(folder, 'runs'),
    platform: process.platform,
    assertTrusted: () => undefined,
    log: quietLog(),
    clock: systemClock,
  }).runs;
