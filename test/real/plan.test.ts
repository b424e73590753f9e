import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import type { Plan } from '../../src/core/plan/plan';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { ServeError } from '../../src/core/problem';
import { describeEach, longIf } from '../support/long';
import { failureFor, planFor, runPlanner, scripts, type PlanRun } from '../support/plan-runs';

const sample = (name: string): string => path.resolve('samples', name);
const fixture = (name: string): string => path.resolve('test/fixtures/bentos', name);

const newest = 'bentoml-1.4';
const versions: Readonly<Record<EnvironmentName, string>> = {
  'bentoml-1.4': '1.4.38',
  'bentoml-1.3': '1.3.22',
  'bentoml-1.1': '1.1.11',
  'bentoml-1.0': '1.0.25',
};

/** What the versions between them do as well is tried by `npm run test:all`. */
const between: readonly EnvironmentName[] = ['bentoml-1.3', 'bentoml-1.1'];
const newestAndOldestFirst = [
  [[newest], ['bentoml-1.0']],
  between.map((version) => [version] as const),
] as const;

let pythons: Record<EnvironmentName, string>;
let home: string;

beforeAll(async () => {
  pythons = await ensureEnvironments();
  home = await mkdtemp(path.join(os.tmpdir(), 'plan-test-'));
}, 600_000);

afterAll(() => rm(home, { recursive: true, force: true }));

/** What a reader of a plan sees first: who calls whom, with how many workers, by which module. */
const outline = (plan: Plan): unknown =>
  plan.components.map(({ id, dependsOn, processes }) => ({
    id,
    dependsOn,
    processes: processes.map(({ argv, count, sockets }) => [argv[2], count, ...sockets]),
  }));

const env = (): Record<string, string> => ({ BENTOML_HOME: home });
const grpcOn = { grpc: { ...defaultSettings.grpc, enabled: true, apiWorkers: 1 } };

describe.each(Object.keys(versions) as EnvironmentName[])('the plan of %s', (version) => {
  const grpcInstalled = version !== 'bentoml-1.3';
  const more = longIf(between.includes(version));

  it('has the runners, HTTP and gRPC of a legacy service', async () => {
    const python = pythons[version];
    const plan = await planFor({
      python,
      workingDir: sample('shout'),
      settings: grpcOn,
      env: env(),
    });
    const called = ['runner:upper', 'runner:count'];
    // 1.1 and older open a directory of their own choice before they take ours.
    const old = version === 'bentoml-1.1' || version === 'bentoml-1.0';
    const runner = (id: string): unknown => ({
      id,
      dependsOn: [],
      processes: [['bentoml_cli.worker.runner', 1, 'self']],
    });
    expect(plan).toMatchObject({
      bentomlVersion: versions[version],
      generation: 'legacy',
      name: 'shout',
    });
    expect(outline(plan)).toEqual([
      runner('runner:upper'),
      runner('runner:count'),
      {
        id: 'http',
        dependsOn: called,
        processes: [['bentoml_cli.worker.http_api_server', 1, 'self']],
      },
      ...(grpcInstalled
        ? [
            {
              id: 'grpc',
              dependsOn: called,
              processes: [
                ['bentoml_cli.worker.grpc_api_server', 1],
                [old ? '--fd' : 'bentoml_cli.worker.grpc_prometheus_server', 1, 'metrics'],
              ],
            },
          ]
        : []),
    ]);
    const text = JSON.stringify(plan);
    expect(text).not.toContain('circus');
    expect(text).not.toContain('serve-bento-');
    for (const { argv, env: own } of plan.components.flatMap(({ processes }) => processes)) {
      expect(argv[0]).toBe(python);
      expect([...argv, ...Object.values(own)]).toContain('$(metrics)');
    }
    const unavailable = plan.unavailable.map(({ id, problem }) => [id, problem.code]);
    expect(unavailable).toEqual(grpcInstalled ? [] : [['grpc', 'grpc-unavailable']]);
  });

  it(
    'gives a runner the workers and the timeout of its settings, each with its environment',
    more,
    async () => {
      const plan = await planFor({
        python: pythons[version],
        workingDir: sample('shout'),
        settings: { runners: { upper: { workers: 3, timeout: 7, port: 4001 } } },
        env: env(),
      });
      const [upper, count] = plan.components.map(({ processes }) => processes[0]);
      expect(upper?.count).toBe(3);
      expect(count?.count).toBe(1);
      expect(upper?.argv.slice(-2)).toEqual(['--timeout', '7']);
      const map = upper?.argv.indexOf('--worker-env-map') ?? -1;
      if (version === 'bentoml-1.0') expect(map).toBe(-1);
      else
        expect(Object.keys(JSON.parse(upper?.argv[map + 1] ?? '') as object)).toEqual([
          '0',
          '1',
          '2',
        ]);
      expect(plan.components[0]?.command).toContain('upper=3');
    },
  );

  it('refuses a runner that the bento does not have and names those it has', more, async () => {
    const failure = await failureFor({
      python: pythons[version],
      workingDir: sample('shout'),
      settings: { runners: { uper: { workers: 2 } } },
      env: env(),
    });
    expect(failure.code).toBe('unknown-runner');
    expect(failure.message).toMatch(/uper.*upper, count/);
  });

  it('tells the exception, the file and the line when the import fails', more, async () => {
    const failure = await failureFor({
      python: pythons[version],
      workingDir: fixture('import-error'),
      reference: 'service:MODEL',
      env: env(),
    });
    expect(failure.problem).toMatchObject({
      code: 'import-failed',
      location: { file: fixture('import-error/model_store.py'), line: 2 },
    });
    expect(failure.message).toContain('FileNotFoundError: no model named iris (model_store.py:2)');
    expect(failure.problem.detail).toContain('Traceback');
    expect(failure.problem.detail).toContain('MODEL = model_store.load("iris")');
  });

  it('runs a deployment hook of a legacy service only when it is asked to', more, async () => {
    const log = path.join(home, `hooks-${version}`);
    const run = {
      python: pythons[version],
      workingDir: fixture('legacy-hook'),
      reference: 'service:svc',
      env: { ...env(), HOOK_LOG: log },
    };
    await planFor(run);
    await expect(readFile(log)).rejects.toThrow('ENOENT');
    await planFor({ ...run, deployment: true });
    expect(await readFile(log, 'utf8')).toBe('prepared\n');
  });
});

/** What containers need to know of each component. */
const requirements = (plan: Plan): unknown =>
  plan.components.map(({ id, resources, usesCpuCount, metrics }) => ({
    id,
    ...{ resources, usesCpuCount, metrics },
  }));

describeEach(...newestAndOldestFirst)('the resources in the plan of %s', (version) => {
  it('are those of the configuration for runners, not those of this machine', async () => {
    const options = [
      ...['runners.upper.resources.cpu=500m', 'runners.upper.resources.memory=1Gi'],
      'api_server.workers=2',
    ];
    const run = {
      ...{ python: pythons[version], workingDir: sample('shout'), reference: 'service:svc' },
      settings: { http: { ...defaultSettings.http, host: '127.0.0.1' } },
    };
    const metrics = { path: '/metrics', namespace: 'bentoml_runner' };
    const server = { path: '/metrics', namespace: 'bentoml_api_server' };
    const configured = await planFor({
      ...run,
      env: { ...env(), BENTOML_CONFIG_OPTIONS: options.join(' ') },
    });
    expect(requirements(configured)).toEqual([
      {
        id: 'runner:upper',
        ...{ resources: { cpu: '500m', memory: '1Gi' }, usesCpuCount: true, metrics },
      },
      { id: 'runner:count', resources: undefined, usesCpuCount: true, metrics },
      { id: 'http', resources: undefined, usesCpuCount: false, metrics: server },
    ]);
    const [, , http] = (await planFor({ ...run, env: env() })).components;
    expect(http?.usesCpuCount).toBe(true);
  });
});

describeEach([[newest]], [['bentoml-1.3']])('the resources of class services in %s', (version) => {
  it('are as the code says', async () => {
    const plan = await planFor({
      ...{ python: pythons[version], workingDir: fixture('resources') },
      ...{ reference: 'service:Search', env: env() },
    });
    expect(requirements(plan)).toEqual([
      {
        id: 'service:Embedder',
        resources: { cpu: '500m', memory: '4Gi', gpu: 1, gpuType: 'nvidia-l4' },
        usesCpuCount: false,
        metrics: { path: '/metrics', namespace: 'embedder' },
      },
      { id: 'service:Ranker', resources: undefined, usesCpuCount: true, metrics: undefined },
      {
        id: 'http',
        resources: { cpu: 2, memory: 1.5 },
        usesCpuCount: false,
        metrics: { path: '/metrics', namespace: 'bentoml_service' },
      },
    ]);
  });
});

describeEach(...newestAndOldestFirst)('a project in %s', (version) => {
  it('is served by its build file: model aliases hold in the plan and in the workers', async () => {
    const workingDir = fixture('build-file-legacy');
    const run = {
      python: pythons[version],
      workingDir,
      reference: 'service:svc',
      env: { BENTOML_HOME: path.join(workingDir, 'home') },
    };
    const plan = await planFor({ ...run, buildFile: path.join(workingDir, 'bentofile.yaml') });
    for (const { processes, command } of plan.components) {
      expect(processes[0]?.argv[3]).toBe('.');
      expect(command).toContain('.');
    }
    // `bentoml serve service:svc` reads no build file; 1.3 does, and its workers then do not.
    if (version === 'bentoml-1.3') return;
    const failure = await failureFor(run);
    expect(failure.message).toContain('flowers');
  });
});

describeEach(...newestAndOldestFirst)('an address in %s', (version) => {
  const code = 'The service\u2019s code or BentoML\u2019s configuration';

  it('is asked for by variables before the configuration, each server for itself', async () => {
    const run = {
      python: pythons[version],
      workingDir: sample('shout'),
      reference: 'service:svc',
      settings: grpcOn,
    };
    const options = [
      // As by default, and yet asked for.
      ...['api_server.http.port=3000', 'api_server.http.host=0.0.0.0'],
      ...['api_server.grpc.port=5005', 'api_server.grpc.metrics.port=5006'],
    ].join(' ');
    const { requested } = await planFor({ ...run, env: { BENTOML_CONFIG_OPTIONS: options } });
    const metrics = { metricsPort: 5006, metricsPortSource: code };
    const grpc = { port: 5005, portSource: code, ...metrics };
    expect(requested).toEqual({ http: { host: '0.0.0.0', port: 3000, portSource: code }, grpc });
    const variables = { BENTOML_PORT: '8123', BENTOML_HOST: '127.0.0.2' };
    const other = await planFor({ ...run, env: { BENTOML_CONFIG_OPTIONS: options, ...variables } });
    expect(other.requested).toEqual({
      http: { host: '127.0.0.2', port: 8123, portSource: 'BENTOML_PORT' },
      grpc,
    });
  });
});

describe('arguments of a build file', () => {
  const workingDir = fixture('build-file');
  const run = {
    workingDir,
    reference: 'service:Reader',
    buildFile: path.join(workingDir, 'bentofile.yaml'),
    env: { BENTOML_HOME: path.join(workingDir, 'home') },
  };

  it('reach the service, and those of the settings win', async () => {
    const python = pythons[newest];
    const plan = await planFor({ ...run, python, settings: { args: { pages: 7, other: true } } });
    expect(plan.name).toBe('reader-large');
    const argv = plan.components[0]?.processes[0]?.argv ?? [];
    expect(JSON.parse(argv[argv.indexOf('--args') + 1] ?? '')).toEqual({
      size: 'large',
      pages: 7,
      other: true,
    });
  });

  it('of another name, as for `bentoml build -f`, hold alone', async () => {
    const python = pythons[newest];
    const folder = fixture('second-build-file');
    const names = await Promise.all(
      ['bentofile.yaml', 'bentofile-large.yaml'].map(async (name) => {
        const buildFile = path.join(folder, name);
        return (
          await planFor({
            ...run,
            python,
            workingDir: folder,
            reference: 'service:Greeter',
            buildFile,
          })
        ).name;
      }),
    );
    expect(names).toEqual(['greeter-medium', 'greeter-large']);
  });

  it('are refused by older versions as `bentoml serve .` refuses them', async () => {
    const failure = await failureFor({ ...run, python: pythons['bentoml-1.3'] });
    expect(failure.message).toMatch(
      /^BentoML 1\.3\.22 cannot read bentofile\.yaml: .*args\. Correct the file/,
    );
  });
});

describe.each(['bentoml-1.4', 'bentoml-1.3'] as const)('class services in %s', (version) => {
  const more = longIf(version !== newest);

  it('are planned each on its own, with the addresses of all', async () => {
    const plan = await planFor({
      python: pythons[version],
      workingDir: sample('search'),
      env: env(),
    });
    expect(plan).toMatchObject({ generation: 'service', name: 'Search', unavailable: [] });
    const processes = [['_bentoml_impl.worker.service', 1, 'self']];
    expect(outline(plan)).toEqual([
      { id: 'service:Embedder', dependsOn: [], processes },
      { id: 'service:Ranker', dependsOn: [], processes },
      { id: 'http', dependsOn: ['service:Embedder', 'service:Ranker'], processes },
    ]);
    for (const { processes: planned } of plan.components) {
      expect(JSON.parse(planned[0]?.env['BENTOML_RUNNER_MAP'] ?? '')).toEqual({
        Embedder: '$(address:service:Embedder)',
        Ranker: '$(address:service:Ranker)',
        Search: '$(address:http)',
      });
    }
  });

  it(
    'take workers and timeouts from the settings, as BentoML’s own configuration',
    more,
    async () => {
      const plan = await planFor({
        python: pythons[version],
        workingDir: sample('search'),
        settings: {
          http: { ...defaultSettings.http, host: '127.0.0.1', apiWorkers: 2, timeout: 9 },
          runners: { Ranker: { workers: 3 } },
        },
        env: { ...env(), BENTOML_CONFIG_OPTIONS: 'services.Embedder.workers=4' },
      });
      expect(plan.components.map(({ processes }) => processes[0]?.count)).toEqual([4, 3, 2]);
      const options =
        'services.Embedder.workers=4 services.Search.workers=2 services.Search.traffic.timeout=9';
      expect(plan.components[2]?.processes[0]?.env['BENTOML_CONFIG_OPTIONS']).toContain(options);
      expect(plan.components[2]?.commandEnv['BENTOML_CONFIG_OPTIONS']).toContain(options);
    },
  );

  it('cannot have gRPC, and the rest is planned', more, async () => {
    const plan = await planFor({
      python: pythons[version],
      workingDir: sample('search'),
      settings: grpcOn,
      env: env(),
    });
    expect(plan.components).toHaveLength(3);
    expect(plan.unavailable).toMatchObject([
      { id: 'grpc', kind: 'grpc', problem: { code: 'grpc-unavailable', component: 'grpc' } },
    ]);
  });

  it('are ordered through a diamond; a dependency at a URL is not served', more, async () => {
    const plan = await planFor({
      python: pythons[version],
      workingDir: fixture('several'),
      reference: 'service:Entry',
      env: env(),
    });
    expect(plan.components.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['service:Base', []],
      ['service:Left', ['service:Base']],
      ['service:Right (v2)', ['service:Base']],
      ['http', ['service:Left', 'service:Right (v2)']],
    ]);
    expect(plan.components[0]?.processes[0]?.count).toBe(2);
    expect(plan.components[0]?.processes[0]?.env['BENTOML_RUNNER_MAP']).toContain(
      '$(address:service:Right%20%28v2%29)',
    );
  });

  it('ask for a port in their code', more, async () => {
    const plan = await planFor({
      python: pythons[version],
      workingDir: fixture('port-in-the-code'),
      reference: 'service:Greeter',
      env: env(),
    });
    expect(plan.requested.http).toMatchObject({ port: 38871 });
    expect(plan.requested.http).not.toHaveProperty('host');
  });

  it('are planned without the entry when HTTP is off', more, async () => {
    const plan = await planFor({
      python: pythons[version],
      workingDir: sample('search'),
      settings: { http: { ...defaultSettings.http, enabled: false, host: '127.0.0.1' } },
      env: env(),
    });
    expect(plan.components.map(({ id }) => id)).toEqual(['service:Embedder', 'service:Ranker']);
    expect(JSON.stringify(plan)).not.toContain('$(address:http)');
  });

  it('run their deployment hooks once, and only when asked to', more, async () => {
    const log = path.join(home, `class-hooks-${version}`);
    const run = {
      python: pythons[version],
      workingDir: fixture('deployment-hook'),
      reference: 'service:Hooked',
      env: { ...env(), HOOK_LOG: log },
    };
    await planFor(run);
    await expect(readFile(log)).rejects.toThrow('ENOENT');
    await planFor({ ...run, deployment: true });
    expect(await readFile(log, 'utf8')).toBe('prepared\n');
  });
});

describe('what goes wrong while planning', () => {
  const fail = (name: string, reference = 'service'): ReturnType<typeof failureFor> =>
    failureFor({ python: pythons[newest], workingDir: fixture(name), reference, env: env() });

  it.each([
    ['syntax-error', 'import-failed', /cannot read service\.py:3: .*never closed/, 3],
    ['missing-module', 'import-failed', /python -m pip install sklearn_of_nobody/, 1],
    ['exits-at-import', 'import-failed', /sys\.exit\(3\) \(service\.py:3\)/, 3],
    ['legacy-in-1.4', 'import-failed', /bentoml\.legacy\.Service\(runners=…\)/, 3],
    ['runner-missing-at-import', 'import-failed', /iris_of_nobody.*service\.py:3/, 3],
    ['missing-env', 'settings', /SERVE_BENTO_TEST_TOKEN.*serveBento\.env/, undefined],
    ['dies-at-import', 'import-failed', /exited with code 7 .*last output was: about to die/, 1],
  ] as const)('says it in one sentence: %s', async (name, code, message, line) => {
    const failure = await fail(name);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('\n');
    expect(failure.problem.location).toEqual(
      line === undefined ? undefined : { file: fixture(`${name}/service.py`), line },
    );
  });

  const failFor = async (
    files: Readonly<Record<string, string>>,
    { version = newest, ...own }: Partial<PlanRun> & { readonly version?: EnvironmentName } = {},
  ): Promise<ServeError & { readonly folder: string }> => {
    const folder = await mkdtemp(path.join(home, 'failing-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    const run = { python: pythons[version], workingDir: folder, reference: 'service:S', ...own };
    const failure = await failureFor({
      ...run,
      env: { ...env(), ...own.env, ...(files['bad.yaml'] ? { BENTOML_CONFIG: 'bad.yaml' } : {}) },
    });
    return Object.assign(failure, { folder });
  };

  it.each([
    [
      'SIGKILL',
      'os.kill(os.getpid(), signal.SIGKILL)',
      /was killed by SIGKILL \(out of memory\?\) \(model\.py\); its last output was: loading\. Free/,
      1,
    ],
    [
      'SIGSEGV',
      'ctypes.string_at(0)',
      /was terminated by SIGSEGV \(Segmentation fault\) \(model\.py:3\); its/,
      3,
    ],
    ['abort', 'os.abort()', /was terminated by SIGABRT \(Aborted\) \(model\.py:3\); its last/, 3],
    [
      'os._exit',
      'os._exit(7)',
      /exited with code 7 \(model\.py\); its last output was: loading/,
      1,
    ],
    ['sys.exit', 'sys.exit(7)', /sys\.exit\(7\) \(model\.py:3\); its last output was: loading/, 3],
    [
      'sys.exit in a finally',
      'try: open("/nope")\nfinally: sys.exit(1)',
      /FileNotFoundError: .*\/nope'? \(model\.py:3\); then sys\.exit\(1\) ended Python/,
      3,
    ],
    [
      'sys.exit for another exception',
      'try: import nowhere\nexcept ImportError: sys.exit("no")',
      /nowhere is not installed.*; then sys\.exit\(no\) ended Python/,
      3,
    ],
  ])('says how Python ended during the import: %s', async (_, code, message, line) => {
    const failure = await failFor({
      'service.py': 'import model',
      'model.py': `import ctypes, os, signal, sys\nprint("loading")\n${code}\n`,
    });
    expect(failure.message).toMatch(/^Importing service:S failed: /);
    expect(failure.message).toMatch(message);
    expect(failure.problem.location).toEqual({ file: path.join(failure.folder, 'model.py'), line });
  });

  it('says all that pydantic, YAML and its own exceptions say', async () => {
    const settings =
      'from pydantic import BaseModel\nclass Settings(BaseModel):\n    a: str\n    b: float\nSettings()';
    expect((await failFor({ 'service.py': settings })).message).toContain(
      '2 validation errors for Settings: a: Field required; b: Field required (service.py:5)',
    );
    const yaml = await failFor({
      'service.py': 'import yaml\nyaml.safe_load(open("conf.yaml"))',
      'conf.yaml': 'a: [1\nb: 2',
    });
    expect(yaml.message).toMatch(
      /while parsing a flow sequence \(conf\.yaml, line 1, column 4\); expected .* \(conf\.yaml, line 2, column 2\) \(service\.py:2\)/,
    );
    const own =
      'try: open("/nope")\nexcept OSError as e: raise RuntimeError("no weights:\\nrun train.py") from e';
    expect((await failFor({ 'service.py': own })).message).toMatch(
      /RuntimeError: no weights: run train\.py \(service\.py:2\), caused by FileNotFoundError/,
    );
  });

  it.each(Object.keys(versions) as EnvironmentName[])(
    'blames the configuration file for what %s refuses in it, with its line',
    async (version) => {
      const bad = (text: string): ReturnType<typeof failFor> =>
        failFor({ 'service.py': 'import bentoml', 'bad.yaml': text }, { version });
      const key = await bad('version: 1\napi_server:\n  workers: 1\n  tracking: 3\n');
      expect(key.message).toMatch(
        /^the BentoML configuration bad\.yaml, line 4 is not valid: .*tracking/i,
      );
      expect(key.problem).toMatchObject({
        code: 'settings',
        location: { file: path.join(key.folder, 'bad.yaml'), line: 4 },
      });
      const syntax = await bad('version: 1\napi_server: [\n');
      expect(syntax.message).toMatch(/^the BentoML configuration bad\.yaml, line \d is not valid/i);
    },
  );

  it('never advises to install what is in the workspace', async () => {
    const nested = await failFor(
      { 'src/greeting/__init__.py': '', 'src/greeting/service.py': '', 'pyproject.toml': '' },
      { reference: 'greeting.service:S' },
    );
    expect(nested.message).toMatch(
      /No module named "greeting": src\/greeting exists, .* Install the project \(.* -m pip install -e .*\), or add "src" to PYTHONPATH in serveBento\.env/,
    );
    const submodule = await failFor({ 'service.py': 'import yaml.nothing' });
    expect(submodule.message).toMatch(/the installed yaml has no module yaml\.nothing \(service/);
    expect(submodule.message).not.toContain('pip install');
  });

  it('does not take a module that is not there for a missing package', async () => {
    const failure = await fail('with-bentofile', '.');
    expect(failure.message).toMatch(
      /failed: No module named "nowhere": it is not in .*with-bentofile\. Correct the service/,
    );
    expect(failure.message).not.toContain('pip install');
  });

  it('refuses a host that BentoML refuses, naming the setting', async () => {
    const failure = await failureFor({
      python: pythons[newest],
      workingDir: sample('search'),
      settings: { http: { ...defaultSettings.http, host: 'localhost' } },
      env: env(),
    });
    expect(failure.code).toBe('settings');
    expect(failure.message).toMatch(/localhost.*serveBento\.http\.host/);
  });
});

describe('while planning', () => {
  it('nothing that the user’s code prints gets in the way, and no thread of it keeps Python alive', async () => {
    const { stdout, stderr } = await runPlanner({
      python: pythons[newest],
      workingDir: fixture('noisy'),
      reference: 'service:Noisy',
      env: env(),
    });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines.slice(0, -1)).toEqual([
      { type: 'importing', file: fixture('noisy/service.py') },
      { type: 'importing', file: null },
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'plan', name: 'Noisy' });
    for (const text of ['{"type":"plan"}', 'the real stdout', 'descriptor 1', 'from a child']) {
      expect(stderr).toContain(text);
    }
  });

  it('dollar signs and parentheses of the user survive, and moved probes are found', async () => {
    const run = { python: pythons[newest], env: env() };
    const plan = await planFor({
      ...run,
      workingDir: fixture('several'),
      reference: 'service:Entry',
    });
    expect(plan.components[0]?.processes[0]?.env['BASE_MODE']).toBe('$$(port) costs $$5');
    const moved = await planFor({
      ...run,
      workingDir: fixture('moved-probes'),
      reference: 'service',
    });
    expect(moved.components[0]?.probes).toEqual({ live: '/alive', ready: '/model/ok' });
    const prefixed = await planFor({
      ...run,
      workingDir: fixture('path-prefix'),
      reference: 'service',
    });
    expect(prefixed.components[0]?.probes).toEqual({ live: '/v1/livez', ready: '/v1/readyz' });
  });

  it('our scripts get no bytecode, the user’s modules do', async () => {
    const temporary = await mkdtemp(path.join(os.tmpdir(), 'plan-bytecode-'));
    const copied = async (from: string, name: string): Promise<string> => {
      const to = path.join(temporary, name);
      const filter = (file: string): boolean => path.basename(file) !== '__pycache__';
      await cp(from, to, { recursive: true, filter });
      return to;
    };
    const bytecode = async (folder: string): Promise<readonly string[]> =>
      (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.pyc'));
    try {
      const own = await copied(scripts, 'scripts');
      for (const name of ['search', 'shout']) {
        const workingDir = await copied(sample(name), name);
        await planFor({
          python: pythons[newest],
          workingDir,
          settings: grpcOn,
          scripts: own,
          env: { ...env(), PYTHONDONTWRITEBYTECODE: '' },
        });
        expect(await bytecode(workingDir)).not.toEqual([]);
      }
      expect(await bytecode(own)).toEqual([]);
    } finally {
      await rm(temporary, { recursive: true });
    }
  });

  it('nothing is left on disk, and the metrics of what runs are not touched', async () => {
    const temporary = await mkdtemp(path.join(os.tmpdir(), 'plan-traces-'));
    try {
      for (const name of ['search', 'shout']) {
        await planFor({
          python: pythons[newest],
          workingDir: sample(name),
          settings: grpcOn,
          env: { BENTOML_HOME: path.join(temporary, 'home'), TMPDIR: temporary },
        });
      }
      expect(await readdir(temporary)).toEqual(['home']);
      expect(await readdir(path.join(temporary, 'home'))).not.toContain('prometheus_multiproc_dir');
      expect(await readdir(path.join(temporary, 'home'))).not.toContain('task_result.db');
    } finally {
      await rm(temporary, { recursive: true });
    }
  });
});
