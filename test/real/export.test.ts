import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import type { ExportedSet } from '../../src/core/export/exported-set';
import { processCompose } from '../../src/core/export/process-compose';
import { procfile } from '../../src/core/export/procfile';
import { shellCommands } from '../../src/core/export/shell';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import { itEach } from '../support/long';
import { processesWith } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { parse } from 'yaml';

const harnesses = testHarness();
const mark = `SERVE_BENTO_EXPORTED=${process.pid}`;
let running: ChildProcess | undefined;
let honcho: string;

beforeAll(async () => {
  const { tools } = await ensureEnvironments(['tools']);
  honcho = path.join(path.dirname(tools), 'honcho');
}, 600_000);

afterEach(async () => {
  if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, 'SIGINT');
  running = undefined;
  await until('that nothing is left', () => processesWith(mark).length === 0, 20_000);
});

const runners = {
  search: { Embedder: { port: 3813 }, Ranker: { port: 3814 } },
  shout: { upper: { port: 3813 }, count: { port: 3814 } },
};

function set(environment: EnvironmentName, sample: 'search' | 'shout', settings = {}): Harness {
  const reference = sample === 'search' ? 'service:Search' : 'service:svc';
  const python = harnesses.pythons[environment];
  return harnesses.set({
    ...{ python, sample: `samples/${sample}`, reference, consent: true },
    // None that others on this machine are given by themselves.
    settings: { http: { apiWorkers: 1, port: 3811 }, runners: runners[sample], ...settings },
  });
}

const commandsOf = ({ registry }: Harness): Promise<ExportedSet> =>
  registry.startCommands(registry.bentos[0]?.id ?? '');

/** As people do in a terminal of theirs, which knows nothing of the extension. */
function run(program: string, args: readonly string[], cwd: string, env = {}): void {
  const [name = '', value = ''] = mark.split('=');
  running = spawn(program, args, {
    ...{ cwd, detached: true, stdio: 'ignore' },
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], [name]: value, ...env },
  });
}

async function untilReady({ commands }: ExportedSet): Promise<void> {
  for (const { name, ready } of commands) {
    if (ready === undefined) continue;
    const { scheme, host, port, path: probe } = ready;
    const isReady = async (): Promise<boolean> => {
      const answer = await fetch(`${scheme}://${host}:${port}${probe}`).catch(() => undefined);
      return answer?.ok === true;
    };
    await until(`${name} ready`, isReady, 60_000);
  }
}

async function askAll(sample: 'search' | 'shout'): Promise<void> {
  const url = 'http://127.0.0.1:3811';
  const { status, body } =
    sample === 'search'
      ? await postJson(`${url}/search`, { query: 'warm', limit: 1 })
      : await postJson(`${url}/shout`, { text: 'hello' });
  expect(status, body).toBe(200);
}

describe.runIf(process.platform !== 'win32')('what is exported', () => {
  itEach(
    [['bentoml-1.4', 'search']],
    [
      ['bentoml-1.4', 'shout'],
      ['bentoml-1.0', 'shout'],
    ],
  )('of %s, %s serves it by itself: shell commands', async (environment, sample) => {
    const harness = set(environment, sample);
    const exported = await commandsOf(harness);
    await harness.registry.stopAll();
    run('sh', ['-c', shellCommands(exported)], '/');
    await untilReady(exported);
    await askAll(sample);
  });

  it('of a bento that is served is the same, with its ports', async () => {
    const harness = set('bentoml-1.4', 'search');
    const before = await commandsOf(harness);
    await harness.registry.serve(harness.registry.bentos[0]?.id ?? '');
    expect(await commandsOf(harness)).toEqual(before);
  });

  it('serves gRPC, and the variables of the settings are there', async () => {
    const grpc = { enabled: true, port: 3812, metricsPort: 3815, reflection: true };
    const harness = set('bentoml-1.4', 'shout', { grpc, env: { ONLY_HERE: 'yes $HOME' } });
    const exported = await commandsOf(harness);
    await harness.registry.stopAll();
    run('sh', ['-c', shellCommands(exported)], '/');
    await untilReady(exported);
    expect(
      await until('gRPC', () => callShout('127.0.0.1:3812', 'v1', 'hi').catch(() => undefined)),
    ).toMatch(/HI/);
    expect(processesWith('ONLY_HERE=yes $HOME').length).toBeGreaterThan(2);
  });

  itEach(
    [],
    [
      ['bentoml-1.4', 'search'],
      ['bentoml-1.0', 'shout'],
    ],
  )('of %s, %s serves it by itself: a Procfile', async (environment, sample) => {
    const harness = set(environment, sample);
    const exported = await commandsOf(harness);
    await harness.registry.stopAll();
    writeFileSync(path.join(harness.folder, 'Procfile'), procfile(exported));
    run(honcho, ['start'], harness.folder);
    await untilReady(exported);
    await askAll(sample);
  });

  it('runs nothing of a hostile text: a Procfile', async () => {
    const { folder } = set('bentoml-1.4', 'search');
    const hostile = [
      '$(touch ran)',
      "'; touch ran #",
      '`touch ran`',
      '"',
      '%d',
      '!!',
      '\\',
      '${x}',
    ];
    const file = procfile({
      ...{ name: 'x', bentomlVersion: '1', cwd: folder, fromOutside: [], unset: [] },
      env: { ODD: "it's $HOME; touch ran" },
      leftOut: ['a runner\nevil: touch ran\u2028evil: touch ran'],
      commands: [
        {
          name: 'show',
          argv: ['sh', '-c', 'printf "%s\\n" "$ODD" "$@" > printed', 'sh', ...hostile],
          env: {},
          dependsOn: [],
        },
      ],
    });
    writeFileSync(path.join(folder, 'Procfile'), file);
    run(honcho, ['start'], folder);
    const printed = path.join(folder, 'printed');
    const expected = ["it's $HOME; touch ran", ...hostile, ''].join('\n');
    await until(
      'its output',
      () => existsSync(printed) && readFileSync(printed, 'utf8') === expected,
    );
    expect(existsSync(path.join(folder, 'ran'))).toBe(false);
  });

  // The program itself is in no registry.
  it('for process-compose has what its documentation asks for', async () => {
    const { processes } = parse(processCompose(await commandsOf(set('bentoml-1.4', 'search')))) as {
      processes: Record<string, object>;
    };
    expect(Object.keys(processes)).toEqual(['service-Embedder', 'service-Ranker', 'http']);
    expect(processes['http']).toMatchObject({
      depends_on: {
        'service-Embedder': { condition: 'process_healthy' },
        'service-Ranker': { condition: 'process_healthy' },
      },
      readiness_probe: {
        http_get: { scheme: 'http', host: '127.0.0.1', port: '3811', path: '/readyz' },
      },
    });
  });
});

describe('a secret', () => {
  it('is in nothing that is exported', async () => {
    const folderSecret = 'hush-4711';
    const harness = set('bentoml-1.4', 'search', {
      envFile: 'own.env',
      env: { TOKEN: '${secret:token}' },
    });
    writeFileSync(path.join(harness.folder, 'own.env'), `OTHER=${folderSecret}\n`);
    const exported = await commandsOf(harness);
    expect(exported.fromOutside).toEqual(['OTHER', 'TOKEN']);
    expect(JSON.stringify(exported)).not.toContain(folderSecret);
  });
});
