// npm run faults [-- --only NUMBER]...: packages the extension, then brings about the faults of test/faults.
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './cache.mts';
import { startGroup } from './test/group.mts';

for (const command of [
  ['node', 'scripts/package.mts'],
  [
    'node',
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    'test/faults/run.mts',
    ...process.argv.slice(2),
  ],
] as const) {
  const group = startGroup([...command], projectRoot);
  group.child.stdout.pipe(process.stdout);
  group.child.stderr.pipe(process.stderr);
  process.exitCode = (await group.exited) ?? 1;
  await Promise.race([group.closed, sleep(2_000, undefined, { ref: false })]);
  group.dispose();
  if (process.exitCode !== 0) break;
}
