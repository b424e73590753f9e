import { describe, expect, test } from 'vitest';
import { discoverFolder } from '../../../support/discover-folder';
import type { DiscoveredBento } from '../../../../src/core/discovery/discovered-bento';
import {
  PythonWorkspace,
  type PythonWorkspaceOptions,
} from '../../../../src/core/discovery/python/python-workspace';
import { ListLog, temporaryFolder } from '../temporary-folder';
import { processorTime } from '../../../support/processor-time';

const discover = async (
  files: Readonly<Record<string, string | readonly string[]>>,
): Promise<readonly DiscoveredBento[]> => {
  const texts = Object.entries(files).map(
    ([name, text]) => [name, typeof text === 'string' ? text : text.join('\n')] as const,
  );
  const folder = await temporaryFolder(Object.fromEntries(texts));
  return discoverFolder({ folder, exclude: [], entries: [], log: new ListLog() });
};

/** `id name generation`, the name with a question mark where it is known only when it is served. */
const brief = (bentos: readonly DiscoveredBento[]): readonly string[] =>
  bentos.map(
    ({ id, name, generation = '', isNameProvisional }) =>
      `${id} ${name}${isNameProvisional === true ? '?' : ''} ${generation}`,
  );

/** A workspace, and its rows. */
type Case = [string, Record<string, string | readonly string[]>, readonly string[]];

describe('a decorator of the workspace', () => {
  test.each<Case>([
    [
      'that a function returns',
      {
        'settings_of.py': [
          'import bentoml',
          'def small_service(seconds):',
          '    return bentoml.service(traffic={"timeout": seconds})',
        ],
        'service.py': [
          'import bentoml',
          'from settings_of import small_service',
          '@small_service(20)',
          'class Greeter:',
          '    @bentoml.api',
          '    def greet(self) -> str: ...',
        ],
      },
      ['service.py:Greeter Greeter service'],
    ],
    [
      'in a variable of a package, used by a file that does not name BentoML',
      {
        'app/__init__.py': 'from .settings import service_decorator as service',
        'app/settings.py':
          'from bentoml import service as svc\nservice_decorator = svc(resources={"cpu": "1"})',
        'app/main.py': 'from . import service\n@service\nclass Main: pass',
      },
      ['app/main.py:Main Main service'],
    ],
    [
      'that is a function of its own, with a nested one, a lambda, or partial',
      {
        'service.py': [
          'import functools',
          'import bentoml as b',
          'from functools import partial as p',
          'def whole(cls): return b.service(cls, name="whole-" "one")',
          'def outer(name, **more):',
          '    """Text."""',
          '    def inner(cls):',
          '        return b.service(name=name, **more)(cls)',
          '    return inner',
          'short = lambda cls: b.service(cls)',
          'part = functools.partial(b.service, traffic={})',
          'bound = p(b.service, name="bound")',
          'COMMON = {"name": "common", "workers": 2}',
          '@whole',
          'class A: pass',
          '@outer("inner", workers=1)',
          'class B: pass',
          '@short',
          'class C: pass',
          '@part(name="d")',
          'class D: pass',
          '@bound()',
          'class E: pass',
          '@b.service(**COMMON)',
          'class F: pass',
          '@b.service(**unknown())',
          'class G: pass',
          '@outer(name=environ["NAME"])',
          'class H: pass',
        ],
      },
      [
        'service.py:A whole-one service',
        'service.py:B inner service',
        'service.py:C C service',
        'service.py:D d service',
        'service.py:E bound service',
        'service.py:F common service',
        'service.py:G G? service',
        'service.py:H H? service',
      ],
    ],
    [
      'that comes by a star, by a module, and by a module of a package without __init__.py',
      {
        'lib/deco.py': 'import bentoml\nlarge = bentoml.service(resources={})\n',
        'a.py': 'from lib.deco import *\n@large\nclass A: pass',
        'b.py': 'import lib.deco\n@lib.deco.large\nclass B: pass',
        'c.py': 'from lib import deco as d\n@d.large\nclass C: pass',
      },
      ['a.py:A A service', 'b.py:B B service', 'c.py:C C service'],
    ],
    [
      'that falls back where BentoML is missing or old',
      {
        'compat.py': [
          'try:',
          '    from bentoml import service',
          'except ImportError:',
          '    def service(*args, **kwargs):',
          '        return lambda cls: cls',
          'import sys',
          'if sys.version_info >= (3, 9): decorator = service(name="new")',
          'else: decorator = None',
        ],
        'service.py':
          'from compat import service, decorator\n@service(name="x")\nclass A: ...\n@decorator\nclass B: ...',
      },
      ['service.py:A x service', 'service.py:B new service'],
    ],
    [
      'with optional arguments',
      {
        'service.py': [
          'import functools',
          'import bentoml',
          'def deco(fn=None, **kw):',
          '    if fn is None:',
          '        return functools.partial(deco, **kw)',
          '    return bentoml.service(fn, **kw)',
          'def again(cls=None, *, name=None):',
          '    def wrap(cls): return bentoml.service(cls, name=name)',
          '    return wrap if cls is None else wrap(cls)',
          '@deco(name="a")',
          'class A: pass',
          '@deco',
          'class B: pass',
          '@deco()',
          'class C: pass',
          '@bentoml.service(None, name="d")',
          'class D: pass',
          '@bentoml.service(inner=None)',
          'class E: pass',
          '@again(name="f")',
          'class F: pass',
          '@again',
          'class G: pass',
        ],
      },
      [
        'service.py:A a service',
        'service.py:B B service',
        'service.py:C C service',
        'service.py:D d service',
        'service.py:E E service',
        'service.py:F f service',
        'service.py:G G service',
      ],
    ],
    [
      'that is one of several',
      {
        'service.py': [
          'import bentoml, sys',
          'deco = bentoml.service(name="x") if sys.platform == "linux" else bentoml.service(name="y")',
          '@deco',
          'class A: ...',
        ],
      },
      ['service.py:A A? service'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(brief(await discover(files))).toEqual(expected);
  });
});

describe('a service that is made by', () => {
  test.each<Case>([
    [
      'a function with a class in it',
      {
        'service.py': [
          'import bentoml',
          'def make(name, *, suffix="r"):',
          '    @bentoml.service(name=name)',
          '    class Greeter:',
          '        @bentoml.api',
          '        def greet(self) -> str:',
          '            return "hello"',
          '',
          '    return Greeter',
          '',
          'svc = make("greeter")',
        ],
      },
      ['service.py:svc greeter service'],
    ],
    [
      'a function of another file, which does not name BentoML, in the order of its own imports',
      {
        'factory.py': 'import bentoml\ndef make(name):\n    return bentoml.Service(name)\n',
        'again.py': 'import factory\nmake_all = factory.make\n',
        'service.py': 'from again import make_all\nsvc = make_all(name="One")\n',
      },
      ['service.py:svc one legacy'],
    ],
    [
      'a function that does more with it, so that its name is known when it is served',
      {
        'service.py': [
          'import bentoml, lib',
          'def make(name):',
          '    svc = bentoml.legacy.Service(name)',
          '    lib.register(svc)',
          '    return lib.traced(svc)',
          'svc = make("x")',
          'other = make(lib.name)',
        ],
      },
      ['service.py:svc svc? legacy', 'service.py:other other? legacy'],
    ],
    [
      'a class that extends Service',
      {
        'base.py': [
          'import bentoml',
          'class Traced(bentoml.legacy.Service):',
          '    def trace(self): ...',
          'class Own(Traced):',
          '    def __init__(self, team): super().__init__(f"{team}-service")',
        ],
        'service.py':
          'from base import Own, Traced\nsvc = Traced("Up", runners=[])\nown = Own("team")\n',
      },
      ['service.py:svc up legacy', 'service.py:own own? legacy'],
    ],
    [
      'a class method, a static method or a cached function',
      {
        'service.py': [
          'import bentoml, functools',
          'class Factory:',
          '    @classmethod',
          '    def one(cls, name): return bentoml.Service(name)',
          '    @staticmethod',
          '    def two(name): return bentoml.Service(name)',
          '@functools.lru_cache(maxsize=None)',
          'def three(name): return bentoml.Service(name)',
          'a = Factory.one("a1")',
          'b = Factory.two("b1")',
          'c = three("c1")',
        ],
      },
      ['service.py:a a1 legacy', 'service.py:b b1 legacy', 'service.py:c c1 legacy'],
    ],
    [
      'a statement with several targets',
      {
        'service.py': [
          'import bentoml',
          'class A: pass',
          'class B: pass',
          'def make(name): return bentoml.Service(name)',
          'a, b = bentoml.service(A), bentoml.service(B)',
          'c, d = (make("c1"), make(name()))',
          'a, e = bentoml.service(B), a',
          'f, g = make("f1")',
          'h, i = make("h1"), *others',
          'j, k = l, m = make("j1"), make("k1")',
        ],
      },
      [
        'service.py:b B service',
        'service.py:c c1 legacy',
        'service.py:d d? legacy',
        'service.py:a B service',
        'service.py:h h1 legacy',
      ],
    ],
    [
      'BentoML, of the class of a module',
      {
        'model.py': 'class Model: pass\n',
        'service.py': [
          'import bentoml, model, other',
          'svc = bentoml.service(model.Model)',
          'two = bentoml.service(name="two")(other.Third)',
          'three = bentoml.service(other.Third)',
          'four = bentoml.service(other.load())',
        ],
      },
      [
        'service.py:svc Model service',
        'service.py:two two service',
        'service.py:three Third service',
        'service.py:four four? service',
      ],
    ],
    [
      'BentoML, as an object with a command or with its other arguments of 1.4',
      {
        'service.py': [
          'import bentoml',
          'Files = bentoml.Service("FilesOfHere", cmd=["python", "-m", "http.server"])',
          'Other = bentoml.Service(name="OtherOne", config={"workers": 1}, cmd=[])',
          'old = bentoml.Service("OldOne")',
        ],
      },
      [
        'service.py:Files FilesOfHere service',
        'service.py:Other OtherOne service',
        'service.py:old oldone legacy',
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(brief(await discover(files))).toEqual(expected);
  });
});

describe('what static reading follows, or marks as known when served', () => {
  const api = ['  @bentoml.api', '  def greet(self) -> str: ...'];

  test.each<Case>([
    [
      'a decorator that is an instance with __call__',
      {
        'tools.py': [
          'import bentoml',
          'class Serve:',
          '    def __init__(self, name=None):',
          '        self.name = name',
          '        self.decorator = bentoml.service(name=name)',
          '    def __call__(self, cls):',
          '        return bentoml.service(cls, name=self.name)',
          '    def bare(self, cls): return self.decorator(cls)',
          '    @property',
          '    def plain(self): return bentoml.service',
          '    @staticmethod',
          '    def static(cls): return bentoml.service(cls)',
          'serve = Serve()',
        ],
        'service.py': [
          'from tools import Serve, serve',
          '@serve',
          'class A: pass',
          '@Serve("named")',
          'class B: pass',
          '@serve.bare',
          'class C: pass',
          '@serve.plain',
          'class D: pass',
          '@serve.static',
          'class E: pass',
          'f = Serve("made").bare(A.inner)',
        ],
      },
      [
        'service.py:A A service',
        'service.py:B named service',
        'service.py:C C service',
        'service.py:D D service',
        'service.py:E E service',
        'service.py:f made service',
      ],
    ],
    [
      'a method of an instance that makes services',
      {
        'service.py': [
          'import bentoml',
          'class Base:',
          '    def legacy(self, name): return bentoml.legacy.Service(name)',
          'class Factory(Base):',
          '    prefix: str',
          '    def __init__(self, prefix): self.prefix = prefix',
          '    def made(self, name): return bentoml.Service(f"{self.prefix}-{name}")',
          'factory = Factory("x")',
          'one = factory.legacy("One")',
          'two = Factory("y").made("two")',
        ],
      },
      ['service.py:one one legacy', 'service.py:two two? legacy'],
    ],
    [
      'an item of a list or dictionary',
      {
        'service.py': [
          'import bentoml',
          'deco = {"a": bentoml.service(name="one"), "b": bentoml.service(name="two")}',
          '@deco["a"]',
          'class A: pass',
          '@deco[KIND]',
          'class B: pass',
          'class C: pass',
          'made = [bentoml.service(C), bentoml.legacy.Service("Last")]',
          'c = made[0]',
          'd = made[-1]',
          'by_name = dict(x=bentoml.legacy.Service("x1"))',
          'e = by_name["x"]',
          'def both(): return bentoml.service(C), bentoml.legacy.Service("both2")',
          'f, g = both()',
          'h = None',
          'i = TABLE and bentoml.legacy.Service("i1")',
        ],
      },
      [
        'service.py:A one service',
        'service.py:B B? service',
        'service.py:c C service',
        'service.py:d last legacy',
        'service.py:e x1 legacy',
        'service.py:f C service',
        'service.py:g both2 legacy',
        'service.py:i i1 legacy',
      ],
    ],
    [
      'an assignment expression',
      {
        'service.py': [
          'import bentoml',
          'if (a := bentoml.legacy.Service("a1")) is not None:',
          '    print(b := bentoml.legacy.Service("b1"))',
          'other = (c := bentoml.legacy.Service("c1"))',
          'if __name__ == "__main__" and (d := bentoml.legacy.Service("d1")): pass',
        ],
      },
      ['service.py:a a1 legacy', 'service.py:b b1 legacy', 'service.py:c c1 legacy'],
    ],
    [
      'a global of a function that is called',
      {
        'service.py': [
          'import bentoml',
          'svc = None',
          'def setup(name):',
          '    global svc',
          '    svc = bentoml.legacy.Service(name)',
          'setup("x")',
          'class Setup:',
          '    def run(self):',
          '        global own, other',
          '        own = bentoml.legacy.Service("Own")',
          '        inner = bentoml.legacy.Service("inner")',
          'Setup().run()',
          'def unused():',
          '    global never',
          '    never = bentoml.legacy.Service("never")',
          'if __name__ == "__main__": unused()',
        ],
      },
      ['service.py:svc svc? legacy', 'service.py:own own legacy'],
    ],
    [
      'a class with an API and a decorator or call that cannot be read',
      {
        'service.py': [
          'import bentoml, dataclasses, lib',
          '@lib.registry["x"]',
          'class A:',
          ...api,
          'class C:',
          ...api,
          'c = lib_made[0](C)',
          '@dataclasses.dataclass',
          'class NotOne:',
          ...api,
          'class Base:',
          ...api,
          '@bentoml.service',
          '@bentoml.asgi_app(lib.app)',
          'class D(Base):',
          '  pass',
          'client = lib.Client(D)',
          '@decorators_of(lib)[0]',
          'class B(Base):',
          '  pass',
          '@lib.noted',
          'class Plain: pass',
        ],
      },
      [
        'service.py:A A? service',
        'service.py:c c? service',
        'service.py:D D service',
        'service.py:B B? service',
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(brief(await discover(files))).toEqual(expected);
  });
});

describe('dependencies', () => {
  const front = (target: string, ...imports: readonly string[]): readonly string[] => [
    'import bentoml',
    ...imports,
    '@bentoml.service',
    'class Front:',
    `    echo = bentoml.depends(${target})`,
  ];
  const echo = 'import bentoml\n@bentoml.service(name="echo-1")\nclass Echo: pass\n';

  test.each<[string, Record<string, string | readonly string[]>]>([
    [
      'through a package',
      {
        'service.py': front('Echo', 'from parts import Echo'),
        'parts/__init__.py': 'from .echo import Echo\n',
        'parts/echo.py': echo,
      },
    ],
    [
      'through packages and other names',
      {
        'service.py': front('p.E', 'import parts as p'),
        'parts/__init__.py': 'from .more import *\n',
        'parts/more/__init__.py': 'from ..echo import Echo as E\n',
        'parts/echo.py': echo,
      },
    ],
    [
      'of a class that the service extends',
      {
        'service.py': [
          'import bentoml',
          'from base import Base',
          '@bentoml.service',
          'class Front(Base): pass',
        ],
        'base.py':
          'import bentoml\nimport parts.echo\nclass Base:\n    e = bentoml.depends(parts.echo.Echo)\n',
        'parts/echo.py': echo,
      },
    ],
    [
      'of what is wrapped later, or made by a function',
      {
        'service.py': [
          'import bentoml',
          'from parts.echo import Echo',
          'def make(of):',
          '    @bentoml.service',
          '    class Front:',
          '        echo = bentoml.depends(of)',
          '    return Front',
          'Front = make(Echo)',
        ],
        'parts/echo.py': echo,
      },
    ],
  ])('are followed %s', async (_, files) => {
    const found = await discover(files);
    expect(found.map(({ id }) => id)).toEqual(['service.py:Front']);
    expect(found[0]?.components.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'service echo-1',
      expect.stringMatching(/^http Front$/),
    ]);
  });

  test('of tests, and of a circle of files, leave all that can be served', async () => {
    const found = await discover({
      'tests/test_it.py': front('Echo', 'from parts.echo import Echo'),
      'parts/echo.py': echo,
      'a.py': 'import bentoml\nimport b\n@bentoml.service\nclass A:\n  b = bentoml.depends(b.B)\n',
      'b.py': 'import bentoml\nimport a\n@bentoml.service\nclass B:\n  a = bentoml.depends(a.A)\n',
    });
    expect(found.map(({ id }) => id)).toEqual([
      'a.py:A',
      'b.py:B',
      'parts/echo.py:Echo',
      'tests/test_it.py:Front',
    ]);
  });
});

describe('no row', () => {
  const service = (indent: string, name = 'A'): readonly string[] => [
    `${indent}@bentoml.service`,
    `${indent}class ${name}:`,
    `${indent}    x = 1`,
  ];

  test.each<[string, readonly string[]]>([
    ['below TYPE_CHECKING', ['import typing', 'if typing.TYPE_CHECKING:', ...service('  ')]],
    [
      'below an alias of it',
      ['from typing import TYPE_CHECKING as TC', 'if TC and x:', ...service('  ')],
    ],
    ['below __main__', ['if __name__ == "__main__":', ...service('    ')]],
    ['below __main__, turned', ['if ("__main__" == __name__):', ...service('    ')]],
    ['of its other branch', ['if __name__ != "__main__":', '  x = 1', 'else:', ...service('  ')]],
    [
      'below a name of such a condition',
      [
        'import typing as t',
        'MAIN = IS_MAIN = __name__ == "__main__"',
        'TC: bool = t.TYPE_CHECKING',
        'OFF = not (False or True)',
        'if MAIN:',
        ...service('  '),
        'if IS_MAIN and len(sys.argv) > 1:',
        ...service('  '),
        'if TC:',
        ...service('  '),
        'if OFF:',
        ...service('  '),
        'if not MAIN: x = 1',
        'else:',
        ...service('  '),
      ],
    ],
    [
      'below a list of the names of a program',
      [
        'if __name__ in ("__main__",):',
        ...service('  '),
        'if __name__ in ["__main__", "__mp_main__"]:',
        ...service('  '),
        'if __name__ not in {"__main__"}: x = 1',
        'else:',
        ...service('  '),
        'if "__mp_main__" == __name__:',
        ...service('  '),
      ],
    ],
    ['below a constant', ['if False:', ...service('  '), 'if 0:', ...service('  ')]],
    ['on the same line', ['if __name__ == "__main__": svc = bentoml.Service("x")']],
    [
      'in a later branch than one that always runs',
      ['if not TYPE_CHECKING:', '  pass', 'elif y:', ...service('  '), 'else:', ...service('  ')],
    ],
    [
      'inside what does not run',
      ['if TYPE_CHECKING:', '  if x:', ...service('    '), '  else:', ...service('    ')],
    ],
    ['of a function nobody calls', ['def f():', ...service('  '), '  return A']],
    ['of a class in a class', ['class T:', ...service('  ')]],
    ['of a name that is deleted', [...service(''), 'del A']],
    ['of an async function', ['async def f(): return bentoml.Service("x")', 'svc = f()']],
    ['of a generator', ['def f():', '  yield 1', '  return bentoml.Service("x")', 'svc = f()']],
    ['of another name', ['from elsewhere import svc', 'other = svc']],
    ['of a test client', ['client = TestClient(bentoml.Service("x"))']],
    ['of a text', ['x = """', ...service(''), '"""', '# svc = bentoml.Service("x")']],
    ['of itself', ['svc = svc', 'def f(x): return f(x)', 'y = f(bentoml.Service)']],
  ])('%s', async (_, lines) => {
    expect(await discover({ 's.py': ['import bentoml', ...lines] })).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'the branch that runs',
      ['if TYPE_CHECKING:', '  A = 1', 'else:', ...service('  ')],
      ['s.py:A A service'],
    ],
    [
      'what follows',
      ['if __name__ == "__main__":', '  x = (', '    1)', ...service('')],
      ['s.py:A A service'],
    ],
    [
      'a branch that may run',
      ['if sys.version_info > (3, 8) and not False:', ...service('  ')],
      ['s.py:A A service'],
    ],
    ...(
      [
        ['other names of a module', 'if __name__ in ("__main__", "s"):'],
        ['a part of its name', 'if __name__ in ("__main__"):'],
        ['what is bound again', 'X = False', 'X = load()', 'if X:'],
        ['what is bound on one way', 'X = False', 'if y: X = True', 'if X:'],
        ['what is changed', 'X = False', 'X |= load()', 'if X:'],
        ['what is one of several', 'X = False', 'X, y = load()', 'if X:'],
        ['what a loop binds', 'X = False', 'for X in load(): pass', 'if X:'],
        ['what is imported', 'X = False', 'from y import X', 'if X:'],
        ['what a star may bring', 'X = False', 'from y import *', 'if X:'],
        ['what a function changes', 'def f():', '  global X', 'X = False', 'f()', 'if X:'],
        ['what globals() change', 'X = False', 'globals().update(load())', 'if X:'],
        ['what is bound in a condition', 'X = False', 'if (X := load()): pass', 'if X:'],
        ['one of two values', 'X = False and y if z else 1', 'if X:'],
        ['several values', 'X = False and y, z', 'if X:'],
        ['a function', 'X = lambda: False and x', 'if X:'],
      ] as const
    ).map(([name, ...lines]): [string, readonly string[], readonly string[]] => [
      name,
      [...lines, ...service('  ')],
      ['s.py:A A service'],
    ]),
    [
      'one that is imported only',
      ['if TYPE_CHECKING:', '  import x', ...service('')],
      ['s.py:A A service'],
    ],
  ])('is for others, but %s', async (_, lines, expected) => {
    expect(brief(await discover({ 's.py': ['import bentoml', ...lines] }))).toEqual(expected);
  });
});

test('a change of the file with the decorator changes the rows of those that use it', async () => {
  const { BentoCatalog } = await import('../../../../src/core/discovery/bento-catalog');
  const { write } = await import('../temporary-folder');
  const folder = await temporaryFolder({
    'deco.py': 'import bentoml\ndef small(): return bentoml.service(name="one")\n',
    'service.py': 'from deco import small\n@small()\nclass A: pass\n',
  });
  const catalog = new BentoCatalog({ folder, exclude: [], entries: [], log: new ListLog() });
  await catalog.refresh();
  expect(brief(catalog.bentos)).toEqual(['service.py:A one service']);
  await write(
    `${folder}/deco.py`,
    'import bentoml\ndef small(): return bentoml.service(name="two")\n',
  );
  await catalog.changed(`${folder}/deco.py`);
  expect(brief(catalog.bentos)).toEqual(['service.py:A two service']);
  await write(`${folder}/deco.py`, 'def small(): return lambda cls: cls\n');
  await catalog.changed(`${folder}/deco.py`);
  expect(brief(catalog.bentos)).toEqual([]);
  catalog.dispose();
});

describe('what would hold the window up is found or left out in a moment', () => {
  const many = <T>(count: number, of: (index: string) => T): readonly T[] =>
    Array.from({ length: count }, (_, index) => of(index.toString()));
  const stars = (...modules: readonly string[]): readonly string[] =>
    modules.map((module) => `from ${module} import *`);
  const service = ['@bentoml.service', 'class S(Missing): x = Field(1)'];

  test.each<Case>([
    [
      'stars in a circle, as packages have them',
      {
        'app/__init__.py': stars('.a', '.b', '.service'),
        'app/a.py': [...stars('.', '.b'), 'X = 1'],
        'app/b.py': [...stars('.', '.a'), 'Y = 1'],
        'app/service.py': ['import bentoml', ...stars('.a', '.b'), ...service],
      },
      ['app/service.py:S S service'],
    ],
    [
      'stars of all modules in all modules',
      Object.fromEntries(
        many(12, (own) => [
          `m${own}.py`,
          ['import bentoml', ...stars(...many(12, (other) => `m${other}`)), 'x = missing("x")'],
        ]),
      ),
      [],
    ],
    [
      'a ladder of stars',
      Object.fromEntries(
        many(40, (own) => {
          const next = (Number(own) + 1).toString();
          const lines = ['import bentoml', ...stars(`m${next}`, `n${next}`), 'x = missing("x")'];
          return [
            [`m${own}.py`, lines],
            [`n${own}.py`, lines],
          ] as const;
        }).flat(),
      ),
      [],
    ],
    [
      'thousands of stars, and of names that may come from them',
      {
        's.py': [
          'import bentoml',
          ...stars(...many(5_000, (index) => `m${index}`)),
          ...many(5_000, (index) => `x${index} = unknown${index}("x")`),
        ],
      },
      [],
    ],
    [
      'classes that extend others in many ways',
      {
        's.py': [
          'import bentoml',
          'class A0: pass',
          ...many(16, (index) => {
            const base = `A${index}`;
            return `class A${(Number(index) + 1).toString()}(${many(6, () => base).join(', ')}): pass`;
          }),
          '@bentoml.service',
          'class S(A16): pass',
        ],
      },
      ['s.py:S S service'],
    ],
    [
      'long lists, arguments and parameters, used many times',
      {
        's.py': [
          'import bentoml',
          `runners = [${many(4_000, (index) => `bentoml.Runner(x, name="r${index}")`).join(', ')}]`,
          `options = dict(${many(4_000, (index) => `a${index}=1`).join(', ')})`,
          `def f(${many(4_000, (index) => `a${index}=1`).join(', ')}): return 1`,
          'def g(**kw): return bentoml.Service("G", **kw)',
          ...many(4_000, (index) => `x${index} = f(**options)`),
          'one = bentoml.Service("One", runners=runners)',
          'two = g(**options)',
        ],
      },
      ['s.py:one one legacy', 's.py:two two? legacy'],
    ],
    [
      'services of many files that depend on each other',
      Object.fromEntries(
        many(40, (own) => [
          `m${own}.py`,
          [
            'import bentoml',
            ...many(40, (other) => (other === own ? '' : `from m${other} import S${other}`)),
            '@bentoml.service',
            `class S${own}:`,
            ...many(40, (other) => `  d${other} = bentoml.depends(S${other})`),
          ],
        ]),
      ),
      many(40, (own) => `m${own}.py:S${own} S${own} service`),
    ],
  ])('%s', { timeout: 20_000 }, async (_, files, expected) => {
    const start = processorTime();
    const found = await discover(files);
    expect([...brief(found)].sort()).toEqual([...expected].sort());
    expect(processorTime() - start).toBeLessThan(5_000);
  });

  test('a name is found through a circle of stars from wherever it is entered', async () => {
    const files = {
      'a.py': [...stars('b'), 'import bentoml', 'x = lost', '@deco', 'class A: pass'],
      'b.py': [...stars('a', 'c'), 'import bentoml', 'y = lost', '@deco', 'class B: pass'],
      'c.py': [...stars('b', 'd'), 'import bentoml', '@deco', 'class C: pass'],
      'd.py': ['import bentoml', 'deco = bentoml.service(name="x")'],
    };
    expect(brief(await discover(files))).toEqual([
      'a.py:A x service',
      'b.py:B x service',
      'c.py:C x service',
    ]);
  });

  test('others have their turn after 10 ms, whatever a file costs', async () => {
    let now = 0;
    const workspace = workspaceOf({ clock: { now: () => (now += 10) } });
    for (const index of many(30, (own) => own)) {
      await workspace.add(`/w/m${index}.py`, Buffer.from('import bentoml\n'));
    }
    let turns = 0;
    const count = (): void => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await workspace.link();
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(30);
  });

  test('all files together have a limit, which is told', async () => {
    const log = new ListLog();
    const workspace = workspaceOf({ log });
    const costly = [
      'import bentoml',
      `options = dict(${many(200, (index) => `a${index}=1`).join(', ')})`,
      'def f(**kw): return 1',
      ...many(100, (index) => `x${index} = f(**options)`),
    ].join('\n');
    for (const index of many(80, (own) => own)) {
      await workspace.add(`/w/m${index}.py`, Buffer.from(costly));
    }
    await workspace.add('/w/z.py', Buffer.from('import bentoml\nsvc = bentoml.Service("z")\n'));
    expect([...(await workspace.link()).keys()]).toEqual([]);
    expect(log.lines).toEqual([expect.stringMatching(/^warn Some services .* may be missing/)]);
  });
});

const workspaceOf = (options: Pick<PythonWorkspaceOptions, 'log' | 'clock'>): PythonWorkspace =>
  new PythonWorkspace({
    read: () => Promise.resolve(undefined),
    has: () => false,
    filesOf: () => [],
    ...options,
  });
