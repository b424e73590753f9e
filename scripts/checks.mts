// node scripts/checks.mts NAME: a check by tools of Python, which are in the test environment `checks`.
import { globSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, projectRoot } from './cache.mts';
import { ensureEnvironments } from './environments.mts';
import { runProgram } from './run-program.mts';

const sources = 'src/python';
const config = `${sources}/pyproject.toml`;
const onlyLinux =
  '^src/python/fork_server\\.py$|/(?:server|become|fitness|guard_process|linux_tree)\\.py$';
/** The files of other systems for each: they use names that it lacks. */
const excluded = {
  linux: '/windows_',
  darwin: `/windows_|${onlyLinux}`,
  win32: `/(?:posix|darwin)_|${onlyLinux}`,
};
/** The files of each schema that comes with check-jsonschema, so that nothing is downloaded. */
const schemas = {
  'github-workflows': '.github/workflows/*.yml',
  'github-issue-forms': '.github/ISSUE_TEMPLATE/[!c]*.yml',
  'github-issue-config': '.github/ISSUE_TEMPLATE/config.yml',
  dependabot: '.github/dependabot.yml',
};

const checks: Readonly<Record<string, () => Promise<void>>> = {
  ruff: () => run('ruff', 'check', '--config', config, sources, 'test/python'),
  mypy: async () => {
    const cache = path.join(cacheFolder(), 'mypy');
    for (const [platform, exclude] of Object.entries(excluded)) {
      console.log(`${platform}:`);
      const options = ['--config-file', config, '--platform', platform, '--cache-dir', cache];
      await run('mypy', ...options, '--exclude', exclude, sources);
    }
  },
  workflows: async () => {
    for (const [schema, pattern] of Object.entries(schemas)) {
      const files = globSync(pattern, { cwd: projectRoot });
      if (files.length === 0) throw new Error(`There is no file ${pattern}.`);
      console.log(files.join(' '));
      await run('check-jsonschema', '--builtin-schema', `vendor.${schema}`, ...files);
    }
    await run('zizmor', '--offline', '--no-progress', '.github');
  },
};

const { checks: python } = await ensureEnvironments(['checks']);
const [name = ''] = process.argv.slice(2);
const check = checks[name];
if (check === undefined) {
  console.error(`There is no check named ${name}, only ${Object.keys(checks).join(', ')}.`);
  process.exitCode = 2;
} else {
  await check();
}

async function run(tool: string, ...args: readonly string[]): Promise<void> {
  const program = path.join(path.dirname(python), tool);
  const { code, stdout, stderr } = await runProgram(program, args, { cwd: projectRoot });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (code !== 0) process.exitCode = 1;
}
