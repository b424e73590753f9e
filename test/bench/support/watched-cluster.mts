// Runs in namespaces of its own, with --expose-gc: FOLDER PROGRAMS RESULTS
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { output } from '../../../scripts/run-program.mts';
import { importBundled } from './import-bundled.mts';
import type * as Measure from './measure-watch.ts';

const [, , folder = '', programs = '', results = ''] = process.argv;
const { measureWatch } = (await importBundled(
  'test/bench/support/measure-watch.ts',
)) as typeof Measure;
const cluster = path.join(folder, 'cluster');
mkdirSync(cluster);
// etcd waits for the disk at each write.
await output('mount', ['-t', 'tmpfs', 'tmpfs', cluster]);
const figures = await measureWatch(cluster, JSON.parse(programs) as Measure.Programs);
writeFileSync(results, JSON.stringify(figures));
