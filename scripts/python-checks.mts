// node scripts/python-checks.mts ruff|mypy: checks the Python files with the tool of the environment `python-checks`.
import path from 'node:path';
import { cacheFolder, projectRoot } from './cache.mts';
import { ensureEnvironments } from './environments.mts';
import { runProgram } from './run-program.mts';

const sources = 'src/python';
const config = `${sources}/pyproject.toml`;
/** Each has files of its own, and names that the others lack. */
const platforms = ['linux', 'darwin', 'win32'];

const { 'python-checks': python } = await ensureEnvironments(['python-checks']);

async function run(tool: string, ...args: readonly string[]): Promise<void> {
  const options = { cwd: projectRoot };
  const { code, stdout, stderr } = await runProgram(python, ['-m', tool, ...args], options);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (code !== 0) process.exitCode = 1;
}

const [tool] = process.argv.slice(2);
if (tool === 'ruff') {
  await run('ruff', 'check', '--config', config, sources, 'test/python');
} else if (tool === 'mypy') {
  const cache = path.join(cacheFolder(), 'mypy');
  for (const platform of platforms) {
    console.log(`${platform}:`);
    await run(
      'mypy',
      '--config-file',
      config,
      '--platform',
      platform,
      '--cache-dir',
      cache,
      sources,
    );
  }
} else {
  console.error('Name a check: ruff or mypy.');
  process.exitCode = 2;
}
