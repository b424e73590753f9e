// npm run soak -- [engines] [--minutes N] [--seed S]
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { bundleSuites } from '../window/bundle-suite.mts';
import { ensureHost } from '../window/host/setup.mts';
import { Results } from '../window/results.mts';
import { runSuite } from '../window/run-suite.mts';
import { soakEngines } from './soak-engines.mts';
import { soakSuite } from './soak-suite.mts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
if (positionals.includes('engines')) process.exit(await soakEngines(Number(values.minutes)));
const suite = soakSuite(Number(values.minutes), Number(values.seed ?? Date.now() % 1_000_000));
const [environments, host] = await Promise.all([ensureEnvironments(), ensureHost('current')]);
enterTestEnvironment();
await bundleSuites(suite.files);
const out = path.join(projectRoot, 'out/soak');
rmSync(out, { recursive: true, force: true });
const bentomlHome = path.join(out, 'bentoml-home');
mkdirSync(bentomlHome, { recursive: true });
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
const results = new Results();
await runSuite(host, suite, { environments, vsix, bentomlHome }, out, results);
process.exitCode = results.failed > 0 ? 1 : 0;
