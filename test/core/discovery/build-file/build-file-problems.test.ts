import { chmod, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BentoCatalog } from '../../../../src/core/discovery/bento-catalog';
import type { BuildFileProblem } from '../../../../src/core/discovery/build-file/build-file-problems';
import { classService, legacyService, ListLog, temporaryFolder, write } from '../temporary-folder';

type Files = Readonly<Record<string, string>>;

async function catalogOf(folder: string, isConfined = false): Promise<BentoCatalog> {
  const options = { folder, exclude: [], entries: [], log: new ListLog(), isConfined };
  const catalog = new BentoCatalog(options);
  onTestFinished(() => catalog.dispose());
  await catalog.refresh();
  return catalog;
}

async function problemsOf(files: Files): Promise<readonly BuildFileProblem[]> {
  const folder = await temporaryFolder(files);
  const { buildFileProblems } = await catalogOf(folder);
  return buildFileProblems.map((problem) => ({ ...problem, path: relative(folder, problem.path) }));
}

const greeter = classService('Greeter');
const services = `${greeter}\n@bentoml.service\nclass Other: pass\n`;
const nope = 'service.py has no service Nope. It has: Greeter, Other.';

describe('a service that is not in its module', () => {
  test('is a warning at the value, with the names that exist', async () => {
    const files = {
      'service.py': services,
      'bentofile.yaml': "name: x\nservice: 'service:Nope'\n",
    };
    expect(await problemsOf(files)).toMatchObject([
      {
        path: 'bentofile.yaml',
        range: { line: 1, start: 10, end: 22 },
        severity: 'warning',
        code: 'no-such-service',
        message: nope,
        corrections: ['service:Greeter', 'service:Other'],
        value: 'service:Nope',
      },
    ]);
  });

  test.each<[string, string, number, number]>([
    [
      'pyproject.toml',
      '[project]\nname = "x"\n[tool.bentoml.build]\nservice = "service:Nope"',
      3,
      11,
    ],
    ['pyproject.toml', '[tool.bentoml]\nbuild = { service = "service:Nope" }', 1, 21],
    ['pyproject.toml', '[tool]\nbentoml.build.service = "service:Nope"', 1, 25],
    ['bentofile-gpu.yaml', 'service: service:Nope # ours', 0, 9],
    ['bentofile.yaml', '\uFEFFservice: service:Nope', 0, 9],
    ['bentofile.yaml', '# service: service:Nope\r\n"service": "service:Nope"\r\n', 1, 12],
    ['bentofile.yaml', '{ name: x, service: "service:Nope" }', 0, 21],
    ['bentofile.yaml', 'service:\n  service:Nope\n', 1, 2],
  ])('is found in %s: %j', async (name, content, line, start) => {
    const [problem, ...others] = await problemsOf({ 'service.py': services, [name]: content });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: name, message: nope });
    expect(problem?.range).toEqual({ line, start, end: start + 'service:Nope'.length });
  });

  test.each<[string, string, string]>([
    ['service.py:Nope', services, nope],
    [
      'service:Nope.inner',
      services,
      'service.py has no service Nope.inner. It has: Greeter, Other.',
    ],
    ['service:fraud', legacyService('fraud'), 'service.py has no service fraud. It has: svc.'],
    ['service:greeter', greeter, 'service.py has no service greeter. It has: Greeter.'],
    ['service:Nope', 'x = 1\n', 'service.py has no service Nope. It has no service.'],
    ['service:Nope', 'from other import Far\n', 'service.py has no service Nope. It has: Far.'],
  ])('%j', async (service, content, message) => {
    const other = { 'other.py': classService('Far') };
    const files = { ...other, 'service.py': content, 'bentofile.yaml': `service: "${service}"\n` };
    expect((await problemsOf(files)).map((problem) => problem.message)).toEqual([message]);
  });

  test('lists a few of many names', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `@bentoml.service\nclass S${n}: pass\n`);
    const files = {
      'service.py': `import bentoml\n${many.join('\n')}`,
      'bentofile.yaml': 'service: service:Nope\n',
    };
    const [problem] = await problemsOf(files);
    expect(problem?.message).toMatch(/It has: S0, (?:S\d, ){9}…\.$/);
    expect(problem?.corrections).toHaveLength(10);
  });
});

describe('a module that does not exist', () => {
  test.each<[string, string, Files, string, readonly string[]]>([
    [
      'bentofile.yaml',
      'service:Nope',
      { 'app.py': greeter },
      'There is no module service in project. Services in this folder: app:Greeter.',
      ['app:Greeter'],
    ],
    ['bentofile.yaml', 'app.py:Nope', {}, 'There is no file app.py in project.', []],
    ['bentofile.yaml', 'app.py', {}, 'There is no file app.py in project.', []],
    [
      'bentofile.yaml',
      'greeting.nope:Greeter',
      { 'greeting/__init__.py': '', 'greeting/service.py': greeter },
      'There is no module greeting.nope in project. Services in this folder: greeting.service:Greeter.',
      ['greeting.service:Greeter'],
    ],
    [
      'deploy/bentofile.yaml',
      'app:Nope',
      {},
      'There is no module app in deploy, nor in a folder above it.',
      [],
    ],
  ])('%s: %j', async (name, service, files, message, corrections) => {
    const found = await problemsOf({ ...files, [name]: `service: ${service}\n` });
    expect(found).toMatchObject([
      { path: name, severity: 'warning', code: 'no-such-module', corrections },
    ]);
    expect(found[0]?.message.replace(/discovery-\w+/, 'project')).toBe(message);
  });

  test('may be one of an installed package, which is no warning', async () => {
    const found = await problemsOf({ 'bentofile.yaml': 'service: models.service:svc\n' });
    expect(found).toMatchObject([{ severity: 'information', code: 'no-such-module' }]);
    expect(found[0]?.message).toMatch(/only where the package models is installed\.$/);
  });
});

describe('nothing is said of', () => {
  test.each<[string, Files]>([
    [
      'a service that is there',
      { 'service.py': greeter, 'bentofile.yaml': 'service: service:Greeter' },
    ],
    ['a file without a service', { 'service.py': greeter, 'bentofile.yaml': 'name: x' }],
    [
      'a module without an attribute',
      { 'service.py': greeter, 'bentofile.yaml': 'service: service' },
    ],
    ['a path out of the folder', { 'bentofile.yaml': 'service: ../other/service.py:svc' }],
    [
      'a compiled module',
      { 'service.cpython-311.so': '', 'bentofile.yaml': 'service: service:svc' },
    ],
    [
      'a module of a folder above',
      {
        'service.py': greeter,
        'deploy/bentofile.yaml': 'service: service:Greeter',
      },
    ],
    [
      'a service that may be in a folder above',
      {
        'service.py': 'from elsewhere import *',
        'deploy/service.py': greeter,
        'deploy/bentofile.yaml': 'service: service:Made',
      },
    ],
    ...[
      'globals()["Made"] = 1',
      'from elsewhere import *',
      'def __getattr__(name): return 1',
      'Made = make()',
      'import sys\nfill(sys.modules[__name__])',
      's = """not closed\nMade = 1',
      'x = (\nMade = 1',
      'x = (\nMade = 1\nclass A: pass',
    ].map((text): [string, Files] => [
      `a name that may be there: ${text}`,
      { 'service.py': text, 'bentofile.yaml': 'service: service:Made' },
    ]),
  ])('%s', async (_, files) => {
    expect(await problemsOf(files)).toEqual([]);
  });

  test('a module behind a link that is not followed, in a folder that nobody trusts', async () => {
    const elsewhere = await temporaryFolder({ 'service.py': greeter, 'pkg/service.py': greeter });
    const folder = await temporaryFolder({
      'bentofile.yaml': 'service: service:Greeter',
      'bentofile-gpu.yaml': 'service: pkg.service:Greeter',
    });
    await symlink(join(elsewhere, 'service.py'), join(folder, 'service.py'));
    await symlink(join(elsewhere, 'pkg'), join(folder, 'pkg'));
    expect((await catalogOf(folder, true)).buildFileProblems).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a module in a folder that cannot be listed', async () => {
    const folder = await temporaryFolder({
      'bentofile.yaml': 'service: pkg.service:Greeter',
      'pkg/service.py': greeter,
    });
    await chmod(join(folder, 'pkg'), 0);
    onTestFinished(() => chmod(join(folder, 'pkg'), 0o700));
    expect((await catalogOf(folder)).buildFileProblems).toEqual([]);
  });
});

describe('bentofile.yml', () => {
  test('is not read by BentoML, which its first line says', async () => {
    const files = { 'service.py': greeter, 'bentofile.yml': 'service: service:Greeter\n' };
    expect(await problemsOf(files)).toMatchObject([
      {
        path: 'bentofile.yml',
        range: { line: 0, start: 0, end: 0 },
        severity: 'information',
        code: 'not-read-by-bentoml',
        rename: 'bentofile.yaml',
      },
    ]);
  });

  test('cannot take the name of a file beside it', async () => {
    const text = 'service: service:Greeter\n';
    const files = { 'service.py': greeter, 'bentofile.yml': text, 'bentofile.yaml': text };
    const [problem, ...others] = await problemsOf(files);
    expect(others).toEqual([]);
    expect(problem?.message).toMatch(/it reads bentofile\.yaml\./);
    expect(problem).not.toHaveProperty('rename');
  });

  test.each(['bentofile.yaml', 'bentofile-gpu.yaml', 'bentofile.gpu.yml', 'gpu.bentofile.yml'])(
    'is not %s',
    async (name) => {
      const files = { 'service.py': greeter, [name]: 'service: service:Greeter\n' };
      expect(await problemsOf(files)).toEqual([]);
    },
  );
});

test('a problem follows its build file and its module', async () => {
  const folder = await temporaryFolder({
    'service.py': greeter,
    'bentofile.yaml': 'service: service:Nope\n',
  });
  const catalog = await catalogOf(folder);
  const messages = () => catalog.buildFileProblems.map(({ message }) => message);
  let changes = 0;
  catalog.onDidChange(() => changes++);
  expect(messages()).toEqual(['service.py has no service Nope. It has: Greeter.']);

  await write(join(folder, 'bentofile.yaml'), 'service: service:Never\n');
  await catalog.changed(join(folder, 'bentofile.yaml'));
  expect(messages()).toEqual(['service.py has no service Never. It has: Greeter.']);

  await write(join(folder, 'service.py'), services);
  await catalog.changed(join(folder, 'service.py'));
  expect(messages()).toEqual(['service.py has no service Never. It has: Greeter, Other.']);

  await rm(join(folder, 'bentofile.yaml'));
  await catalog.removed(join(folder, 'bentofile.yaml'));
  expect(messages()).toEqual([]);
  expect(changes).toBe(3);
});

describe('what is no service, or not one alone', () => {
  const helper = 'class Helper: pass\n';
  const imports = 'import bentoml\nfrom other import Other\n';
  const front = '@bentoml.service\nclass Front: other = bentoml.depends(Other)\n';
  type Case = [title: string, service: string, source: string, message: string];
  const has = 'Services in service.py: Greeter.';

  test.each<Case>([
    ['a class', ':Helper', helper, `Helper in service.py is a class, not a service. ${has}`],
    ['a data class', ':Helper', `@dataclass\n${helper}`, ''],
    [
      'an imported class',
      ':Own',
      'from helper import Own\n',
      `Own in service.py is a class, not a service. ${has}`,
    ],
    [
      'an imported module',
      ':helper',
      'import helper\n',
      `helper in service.py is a module, not a service. ${has}`,
    ],
    [
      'a function',
      ':run',
      'async def run(): pass\n',
      `run in service.py is a function, not a service. ${has}`,
    ],
    ['a text', ':NAME', 'NAME = "x"\n', `NAME in service.py is a text, not a service. ${has}`],
    [
      'None or a text',
      ':N',
      'N = None\nif x: N = "x"\n',
      `N in service.py is a text, not a service. ${has}`,
    ],
    [
      'a list',
      ':all',
      'all = [Greeter]\n',
      `all in service.py is a collection, not a service. ${has}`,
    ],
    [
      'a runner',
      ':r',
      'r = bentoml.Runner(x, name="r")\n',
      `r in service.py is a runner, not a service. ${has}`,
    ],
    [
      'an object',
      ':h',
      `${helper}h = Helper()\n`,
      `h in service.py is an object of Helper, not a service. ${has}`,
    ],
    ['an object that may be a service', ':h', 'class H(lib.Base): pass\nh = H()\n', ''],
    ['a class that a decorator of a library makes', ':H', '@lib.made\nclass H: pass\n', ''],
    ['a class that a metaclass makes', ':H', 'class H(metaclass=lib.M): pass\n', ''],
    ['what a function makes', ':made', 'made = lib.make()\n', ''],
    ['what is made by its name', ':late', 'globals()[name()] = lib.make()\n', ''],
    [
      'one of two',
      '',
      '@bentoml.service\nclass Two: pass\n',
      'service.py has several services: Greeter, Two. Name one of them, such as service:Greeter.',
    ],
    [
      'one with two names',
      '',
      'svc = Greeter\n',
      'service.py has several services: Greeter, svc. Name one of them, such as service:Greeter.',
    ],
    [
      'one beside an imported one',
      '',
      imports,
      'service.py has several services: Greeter, Other. Name one of them, such as service:Greeter.',
    ],
    ['one beside a legacy one', '', 'old = bentoml.Service("old")\n', ''],
    ['one that others may need', '', '@bentoml.service\nclass Two: pass\nx = lib.of(Two)\n', ''],
    ['one beside what a star may bring', '', 'from lib import *\nsvc = Greeter\n', ''],
  ])('%s', async (_, named, source, message) => {
    const found = await problemsOf({
      'other.py': classService('Other'),
      'helper.py': 'class Own: pass\n',
      'service.py': `${greeter}\n${source}`,
      'bentofile.yaml': `service: service${named}\n`,
    });
    expect(found.map((problem) => problem.message)).toEqual(message === '' ? [] : [message]);
    if (message === '') return;
    const [problem] = found;
    expect(problem?.corrections).toContain('service:Greeter');
    expect(problem?.range).toEqual({ line: 0, start: 9, end: 16 + named.length });
  });

  test('an imported service that the only one needs is none of several', async () => {
    const files = { 'other.py': classService('Other'), 'service.py': imports + front };
    expect(await problemsOf({ ...files, 'bentofile.yaml': 'service: service' })).toEqual([]);
  });

  test('a build file without a service, where service.py has several', async () => {
    expect(await problemsOf({ 'service.py': services, 'bentofile.yaml': 'name: x' })).toMatchObject(
      [
        {
          path: 'bentofile.yaml',
          range: { line: 0, start: 0, end: 0 },
          severity: 'warning',
          code: 'several-services',
          message:
            'service.py has several services: Greeter, Other. Name one of them, such as service:Greeter.',
          corrections: [],
        },
      ],
    );
  });

  test('a module without a service', async () => {
    const files = { 'service.py': 'X = 1\n', 'bentofile.yaml': 'service: service' };
    expect(await problemsOf(files)).toMatchObject([
      { code: 'no-such-service', message: 'service.py has no service.', corrections: [] },
    ]);
  });

  test.each(['service: service:Helper', 'service: service', 'name: x'])(
    'is no row, and its services have their own: %s',
    async (build) => {
      const folder = await temporaryFolder({
        'service.py': `${services}${helper}`,
        'bentofile.yaml': build,
      });
      const { bentos } = await catalogOf(folder);
      expect(bentos.map(({ id, source, reference }) => [id, source, reference])).toEqual([
        ['service.py:Greeter', 'file', 'service:Greeter'],
        ['service.py:Other', 'file', 'service:Other'],
      ]);
    },
  );
});

describe('a file that is not read', () => {
  test('is an information on the file, with the reason, until it can be read', async () => {
    const folder = await temporaryFolder({
      'big.py': legacyService('x') + '#'.repeat(1024 * 1024),
      'a/bentofile.yaml': `service: a:b\n${'#'.repeat(128 * 1024)}`,
      'b/bentofile.yaml': `service: ${'['.repeat(100)}`,
      'c/pyproject.toml': `[tool.bentoml.build]\n${'x = 1\n'.repeat(4_000)}`,
      'service.py': greeter,
    });
    const catalog = await catalogOf(folder);
    const seen = (): readonly string[] =>
      catalog.buildFileProblems.map(
        ({ path, severity, message }) => `${severity} ${relative(folder, path)}: ${message}`,
      );
    const left = (file: string, reason: string): string =>
      `information ${file}: Serve Bento did not read this file: ${reason}. To list a service of it, add the service to serveBento.bentos.`;
    const others = [
      left('a/bentofile.yaml', 'it is larger than 128 KB'),
      left('b/bentofile.yaml', 'it is nested too deeply'),
      left('c/pyproject.toml', 'it is too long'),
    ];
    const big = left('big.py', 'it is larger than 1 MB');
    expect([...seen()].sort()).toEqual([...others, big].sort());
    await write(join(folder, 'big.py'), legacyService('x'));
    await catalog.changed(join(folder, 'big.py'));
    expect([...seen()].sort()).toEqual(others);
    await rm(join(folder, 'b'), { recursive: true });
    await catalog.changed(join(folder, 'b'));
    expect(seen()).toHaveLength(2);
  });

  test('and its services may be there', async () => {
    const files = {
      'service.py': '#'.repeat(1024 * 1024 + 1),
      'bentofile.yaml': 'service: service:svc',
    };
    expect(await problemsOf(files)).toMatchObject([{ path: 'service.py', code: 'not-read' }]);
  });

  test('and one that is too complex to be worked out', async () => {
    const deep = Array.from(
      { length: 60 },
      (_, n) => `def f${n}(x): return f${n + 1}(f${n + 1}(x))`,
    );
    const folder = await temporaryFolder({
      'deep.py': [
        'import bentoml',
        ...deep,
        'def f60(x): return x',
        'svc = f0(bentoml.Service("a"))',
      ].join('\n'),
    });
    const { buildFileProblems } = await catalogOf(folder);
    expect(buildFileProblems.map(({ code, message }) => [code, message])).toEqual([
      ['not-read', expect.stringContaining('it is too complex')],
    ]);
  });
});
