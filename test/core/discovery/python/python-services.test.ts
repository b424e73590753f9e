import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPythonModuleInSlices } from '../../../../src/core/discovery/python/python-module';
import type { FoundService } from '../../../../src/core/discovery/python/python-services';
import { pythonServices } from '../../../support/python-services';

const source = (...lines: string[]): string => lines.join('\n');
const brief = (services: readonly FoundService[]): string[] =>
  services.map(
    ({ attribute, name, generation, line }) =>
      `${attribute} ${name} ${generation} ${line.toString()}`,
  );

describe('finds services', () => {
  test.each<[string, string, string[]]>([
    [
      'a decorated class',
      source('import bentoml', '', '@bentoml.service', 'class A:', '    pass'),
      ['A A service 3'],
    ],
    [
      'a decorator with arguments, over several lines',
      source(
        'import bentoml',
        '@bentoml.service(',
        '    resources={"cpu": "1"},  # class B:',
        '    name="my-name",',
        ')',
        'class A: ...',
      ),
      ['A my-name service 5'],
    ],
    [
      'one decorator of several',
      source(
        'import bentoml',
        '@x',
        '@bentoml.service',
        '@bentoml.asgi_app(app)',
        'class A(B): pass',
      ),
      ['A A service 4'],
    ],
    [
      'an imported decorator',
      source('from bentoml import service', '@service', 'class A: pass'),
      ['A A service 2'],
    ],
    [
      'an alias of the decorator',
      source('from bentoml import (api, service as s,)', '@s()', 'class A: pass'),
      ['A A service 2'],
    ],
    [
      'an alias of the package',
      source('import os, bentoml as b', '@b.service', 'class A: pass', 's = b.Service("x")'),
      ['A A service 2', 's x legacy 3'],
    ],
    [
      'everything from bentoml',
      source('from bentoml import *', '@service', 'class A: pass'),
      ['A A service 2'],
    ],
    [
      'legacy services of both modules',
      source(
        'import bentoml',
        'one = bentoml.Service("one")',
        'two = bentoml.legacy.Service(name="two", runners=[])',
      ),
      ['one one legacy 1', 'two two legacy 2'],
    ],
    [
      'legacy by its own import',
      source('from bentoml.legacy import Service as S', 'a = S("x")'),
      ['a x legacy 1'],
    ],
    [
      'legacy as a module',
      source('from bentoml import legacy', 'a = legacy.Service("x")'),
      ['a x legacy 1'],
    ],
    [
      'legacy as a renamed module',
      source('import bentoml.legacy as old', 'a = old.Service("x")'),
      ['a x legacy 1'],
    ],
    [
      'an annotated assignment',
      source('import bentoml', 'svc: "bentoml.Service[int, str]" = bentoml.Service("x")'),
      ['svc x legacy 1'],
    ],
    [
      'an assignment in brackets and a chain',
      source('import bentoml', 'a = (bentoml.Service("x"))', 'b = c = bentoml.Service("y")'),
      ['a x legacy 1', 'b y legacy 2'],
    ],
    [
      'statements that share a line',
      'import bentoml; x = ";"; svc = bentoml.Service("x") ; y = 1',
      ['svc x legacy 0'],
    ],
    [
      'a line continued with a backslash',
      source('import bentoml', 'svc \\', '  = bentoml. \\', '  Service("x")'),
      ['svc x legacy 1'],
    ],
    [
      'names from constants and joined literals',
      source(
        'import bentoml',
        'N = "na" r"me"',
        'a = bentoml.Service(N)',
        'b = bentoml.Service("x" \'y\')',
      ),
      ['a name legacy 2', 'b xy legacy 3'],
    ],
    [
      'definitions inside try, if and with',
      source(
        'try:',
        '    import bentoml',
        'except ImportError:',
        '    bentoml = None',
        'if found:',
        '    with bentoml.importing():',
        '        import numpy',
        '    @bentoml.service',
        '    class A:',
        '        pass',
        'else:',
        '    svc = bentoml.Service("x")',
      ),
      ['A A service 8', 'svc x legacy 11'],
    ],
    [
      'a decorator used as a function',
      source(
        'import bentoml',
        'class A: pass',
        'B = bentoml.service(A)',
        'C = bentoml.service(name="c")(A)',
      ),
      ['B A service 2', 'C c service 3'],
    ],
    [
      'what follows a forgotten bracket',
      source('import bentoml', 'x = foo(1,', '@bentoml.service', 'class A:', '    pass'),
      ['A A service 3'],
    ],
    [
      'Windows line ends, a byte order mark and other alphabets',
      '\uFEFFimport bentoml\r\n"""a\r\nb"""\r\n@bentoml.service(name="größe")\r\nclass Größe:\r\n  pass\r\n',
      ['Größe größe service 4'],
    ],
    [
      'the last of several definitions of a name',
      source('import bentoml', 'svc = bentoml.Service("a")', 'svc = bentoml.Service("b")'),
      ['svc b legacy 2'],
    ],
  ])('%s', (_, text, expected) => {
    expect(brief(pythonServices(text))).toEqual(expected);
  });
});

describe('is not misled by', () => {
  test.each<[string, string]>([
    [
      'a comment',
      source(
        'import bentoml',
        '# @bentoml.service',
        'class A: pass',
        '# svc = bentoml.Service("x")',
      ),
    ],
    [
      'strings',
      source(
        'import bentoml',
        's = """',
        '@bentoml.service',
        'class A: pass',
        '"""',
        "t = 'svc = bentoml.Service()'",
      ),
    ],
    [
      'a raw string that ends in a backslash and a quote',
      source('import bentoml', 'x = r"\\"', 's = bentoml.Service("x")"'),
    ],
    [
      'a function',
      source(
        'import bentoml',
        'def f():',
        '    svc = bentoml.Service("x")',
        '',
        '    @bentoml.service',
        '    class A: pass',
      ),
    ],
    [
      'a method',
      source(
        'import bentoml',
        'class T:',
        '  async def f(self):',
        '    s = bentoml.Service("x")',
        '  s = bentoml.Service("y")',
      ),
    ],
    ['a keyword argument', source('import bentoml', 'f(', 'svc = bentoml.Service("x")', ')')],
    [
      'another library',
      source('import notbentoml as b', '@b.service', 'class A: pass', 's = b.Service("x")'),
    ],
    [
      'a name that another import took',
      source('from bentoml import service', 'from x import service', '@service', 'class A: pass'),
    ],
    [
      'a name that a function took',
      source('from bentoml import service', 'def service(x): ...', '@service', 'class A: pass'),
    ],
    ['a comparison', source('import bentoml', 'svc == bentoml.Service("x")')],
    [
      'another decorator of bentoml',
      source(
        'import bentoml',
        '@bentoml.runnable',
        'class A: pass',
        '@bentoml.service.x',
        'class B: pass',
      ),
    ],
    [
      'a decorator on a function',
      source('import bentoml', '@bentoml.service', 'def f(): pass', 'class A: pass'),
    ],
    [
      'an import inside a function',
      source('def f():', '    import bentoml', '@bentoml.service', 'class A: pass'),
    ],
    ['a service inside another call', source('import bentoml', 'svc = wrap(bentoml.Service("x"))')],
  ])('%s', (_, text) => {
    expect(pythonServices(text)).toEqual([]);
  });
});

describe('names are literals only', () => {
  test.each([
    ['f"x{y}"', 'svc'],
    ['f"plain"', 'plain'],
    ['b"x"', 'svc'],
    ['"a" + b', 'svc'],
    ['"a" if b else "c"', 'svc'],
    ['NAME', 'svc'],
    ['"%s" % x', 'svc'],
    ['""', 'svc'],
    ['"a\\x62\\u0063\\n"', 'abc\n'],
    ["u'''q'''", 'q'],
    ['Rb"x"', 'svc'],
    ['__proto__', 'svc'],
    ['"Upper-Case"', 'upper-case'],
  ])('%s', (written, expected) => {
    const [found] = pythonServices(`import bentoml\nsvc = bentoml.Service(${written}, runners=[])`);
    expect(found?.name).toBe(expected);
  });
});

test('tells dependencies in their order', () => {
  const [, found] = pythonServices(
    source(
      'import bentoml, embed',
      'import deep.er as dd',
      'import wi.de',
      'from .rank import Ranker as R, Other',
      'from . import near',
      '@bentoml.service',
      'class Local: pass',
      'class Base:',
      '    z = bentoml.depends(Local)',
      '@bentoml.service',
      'class A(Base):',
      '    """Text."""',
      '',
      '    a = bentoml.depends(Local)',
      '    b: R = bentoml.depends(on=R)',
      '  # outdented comment',
      '    if True:',
      '        c = bentoml.depends(embed.Embedder)',
      '    d = bentoml.depends(url="http://x")',
      '    e = bentoml.depends(Other, url="http://x")',
      '    f = bentoml.depends(near.Near)',
      '    g = bentoml.depends(dd.Deep)',
      '    h = bentoml.depends(make())',
      '    i = bentoml.depends(wi.de.Wide)',
      '    def m(self):',
      '        i = bentoml.depends(Hidden)',
      'j = bentoml.depends(Outside)',
    ),
  );
  const local = { attribute: 'Local', file: '/workspace/service.py', remote: false };
  expect(found?.depends).toEqual([
    local,
    local,
    { attribute: 'Ranker', remote: false },
    { attribute: 'Embedder', remote: false },
    { attribute: 'Other', remote: true },
    { attribute: 'Near', remote: false },
    { attribute: 'Deep', remote: false },
    { attribute: 'Wide', remote: false },
  ]);
});

describe('runners', () => {
  test.each<[string, string, readonly string[] | undefined]>([
    [
      'named',
      'r = bentoml.Runner(X, name="Upper")\nsvc = bentoml.Service("s", runners=[r])',
      ['upper'],
    ],
    [
      'by class',
      'class X: pass\nr = bentoml.Runner(X)\nsvc = bentoml.Service("s", runners=[r])',
      ['x'],
    ],
    [
      'by imported class',
      'from y import X\nsvc = bentoml.Service("s", runners=[bentoml.Runner(X)])',
      undefined,
    ],
    [
      'of a model',
      'r = bentoml.sklearn.get("Iris:latest").to_runner()\nsvc = bentoml.Service("s", runners=[r])',
      ['iris'],
    ],
    [
      'of a model in a variable',
      'm = bentoml.models.get("m")\nsvc = bentoml.Service("s", runners=[m.to_runner()])',
      ['m'],
    ],
    [
      'of a renamed model',
      'svc = bentoml.Service("s", runners=[bentoml.onnx.get("m").to_runner(name="n")])',
      ['n'],
    ],
    [
      'with a computed name',
      'svc = bentoml.Service("s", runners=[bentoml.Runner(X, name=n)])',
      undefined,
    ],
    [
      'two, in a tuple',
      'a = bentoml.Runner(X, name="a")\nsvc = bentoml.Service("s", runners=(a, bentoml.Runner(Y, name="b")))',
      ['a', 'b'],
    ],
    [
      'one of them not sure',
      'a = bentoml.Runner(X, name="a")\nsvc = bentoml.Service("s", runners=[a, b])',
      undefined,
    ],
    ['unpacked', 'svc = bentoml.Service("s", runners=[*rs])', undefined],
    [
      'a comprehension',
      'a = bentoml.Runner(X, name="a")\nsvc = bentoml.Service("s", runners=[a for _ in x])',
      undefined,
    ],
    ['a variable', 'svc = bentoml.Service("s", runners=rs)', undefined],
    ['none', 'svc = bentoml.Service("s")', []],
  ])('%s', (_, text, expected) => {
    expect(pythonServices(`import bentoml\n${text}`)[0]?.runners).toEqual(expected);
  });
});

describe('the samples', () => {
  const read = (sample: string): readonly FoundService[] =>
    pythonServices(
      readFileSync(join(import.meta.dirname, '../../../../samples', sample, 'service.py'), 'utf8'),
    );

  test('search', () => {
    const found = read('search');
    expect(found.map(({ attribute }) => attribute)).toEqual(['Embedder', 'Ranker', 'Search']);
    expect(found[2]?.depends.map(({ attribute }) => attribute)).toEqual(['Embedder', 'Ranker']);
  });

  test('shout', () => {
    const [found] = read('shout');
    expect(found).toMatchObject({ attribute: 'svc', name: 'shout', runners: ['upper', 'count'] });
  });
});

describe('on any input', () => {
  test('many words in a row that begin a statement are read', () => {
    expect(pythonServices(`${'async '.repeat(9_000)}def f(): pass\n`)).toEqual([]);
  });

  test.each([
    '(',
    '[',
    '"""',
    '@',
    'x=',
    'a.',
    'f(',
    'x=[(',
    'class a:\n ',
    '\\',
    '\\\n',
    ' \n',
    'x\n',
    "'",
  ])('takes time in proportion to its length: %j', (piece) => {
    // A quadratic scan of half a million characters takes minutes, ours a few hundredths of a second.
    const text = `import bentoml\nx = ${piece.repeat(500_000 / piece.length)}`;
    // Of the processor, which others use, too.
    const from = process.cpuUsage().user;
    pythonServices(text);
    expect((process.cpuUsage().user - from) / 1000).toBeLessThan(2_000);
  });

  test('of any length, others have their turn while a line is read', async () => {
    const text = `import bentoml\nx = [${'1, '.repeat(300_000)}]\nsvc = bentoml.Service("x")\n`;
    const turns: number[] = [];
    let from = process.cpuUsage().user;
    const module = await readPythonModuleInSlices('s.py', text, () => {
      turns.push(process.cpuUsage().user - from);
      from = process.cpuUsage().user;
      return Promise.resolve();
    });
    expect([...module.names.keys()]).toEqual(['bentoml', 'x', 'svc']);
    expect(turns.length).toBeGreaterThan(20);
    expect(Math.max(...turns) / 1000).toBeLessThan(100);
  });
});
