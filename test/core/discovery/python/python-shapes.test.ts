import { describe, expect, test } from 'vitest';
import { discoverFolder } from '../../../support/discover-folder';
import { ListLog, temporaryFolder } from '../temporary-folder';

/** `attribute name` of each row of a `service.py`, the name with a question mark where it is known when served. */
async function rows(lines: readonly string[]): Promise<readonly string[]> {
  const text = ['import bentoml', ...lines, ''].join('\n');
  const folder = await temporaryFolder({ 'service.py': text });
  const bentos = await discoverFolder({ folder, exclude: [], entries: [], log: new ListLog() });
  return bentos.map(
    ({ id, name, isNameProvisional }) =>
      `${id.replace(/^service\.py:/, '')} ${name}${isNameProvisional === true ? '?' : ''}`,
  );
}

/** What is written, its lines, and its rows. */
type Case = readonly [string, readonly string[], readonly string[]];

function shows(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    test.each<Case>(cases)('%s', async (_, lines, expected) => {
      expect(await rows(lines)).toEqual(expected);
    });
  });
}

const make = 'def make(name): return bentoml.legacy.Service(name)';
const [x, y] = ['bentoml.legacy.Service("x")', 'bentoml.legacy.Service("y")'];

shows('classes that make services', [
  [
    'a subclass with another base first',
    ['class M: pass', 'class My(M, bentoml.legacy.Service): pass', 'svc = My("x")'],
    ['svc x'],
  ],
  [
    'a subclass with a base of a library first, which may have a constructor',
    ['import lib', 'class My(lib.M, bentoml.legacy.Service): pass', 'svc = My("x")'],
    ['svc svc?'],
  ],
  [
    'a subclass with a base first that has a constructor',
    [
      ...['class M:', '  def __init__(self, a): pass'],
      ...['class My(M, bentoml.legacy.Service): pass', 'svc = My("x")'],
    ],
    ['svc svc?'],
  ],
  [
    'a subclass with bases of Python first',
    [
      ...['import abc', 'from typing import Generic, TypeVar', 'T = TypeVar("T")'],
      'class My(Generic[T], abc.ABC, object, bentoml.legacy.Service): pass',
      'svc = My("x")',
    ],
    ['svc x'],
  ],
  [
    'a class method that makes an instance of its class',
    [
      'class My(bentoml.legacy.Service):',
      ...['  @classmethod', '  def build(cls, name): return cls(name)'],
      'svc = My.build("x")',
    ],
    ['svc x'],
  ],
  [
    'a class method that uses an attribute of its class',
    [
      ...['class F:', '  name = "y"'],
      ...['  @classmethod', '  def build(cls): return bentoml.legacy.Service(cls.name)'],
      ...['class G(F):', '  name = "z"', 'svc = G.build()', 'two = G().build()'],
    ],
    ['svc z', 'two z'],
  ],
  [
    'a decorator that is an attribute of a class',
    ['class D:', '  small = bentoml.service(name="x")', '@D.small', 'class A: pass'],
    ['A x'],
  ],
  [
    'an object of a data class that holds one',
    [
      ...['import dataclasses', '@dataclasses.dataclass', 'class Box:', '  svc: object'],
      ...[`box = Box(${x})`, 'svc = box.svc'],
    ],
    [],
  ],
]);

shows('comprehensions and loops', [
  ['a dictionary', [make, 'all = {n: make(n) for n in ("a", "b")}', 's = all["a"]'], ['s s?']],
  [
    'a list of one',
    ['class C: pass', 'all = [bentoml.service(c) for c in (C,)]', 's = all[0]'],
    ['s C'],
  ],
  ['a list that is unpacked', [make, 'a, b = [make(n) for n in names()]'], ['a a?', 'b b?']],
  ['a generator that is unpacked', [make, 'a, b = (make(n) for n in names())'], ['a a?', 'b b?']],
  ['a filter', [`s = [s for s in (${x}, ${y}) if s.name == z][0]`], ['s s?']],
  ['the first of a generator', [`s = next(s for s in (${x}, ${y}) if s.name == z)`], ['s s?']],
  ['map', [make, 's, t = map(make, ["a", "b"])'], ['s s?', 't t?']],
  ['the names of a loop', [`for s in (${x}, ${y}): pass`], ['s s?']],
  ['a name that a loop binds anew', [`s = ${x}`, 'for s in (1, 2): pass'], ['s s?']],
  ['a name made in a loop', ['for n in ("a", "b"):', '  s = bentoml.legacy.Service(n)'], ['s s?']],
  ['an endless loop that ends', ['while True:', `  s = ${x}`, '  break'], ['s x']],
]);

shows('names made when the module is imported', [
  ['globals() with a text', ['class X: pass', 'globals()["s"] = bentoml.service(X)'], ['s X']],
  ['globals() with a constant', [make, 'N = "s"', 'globals()[N] = make("x")'], ['s x']],
  [
    'globals() with a name that is not known: the module alone is served',
    ['class X: pass', 'name = load()', 'globals()[name] = bentoml.service(X)'],
    ['service.py X'],
  ],
  [
    'globals() with two of them, which BentoML refuses',
    [make, 'globals()[one()] = make("x")', 'globals()[two()] = make("y")'],
    [],
  ],
  [
    'globals() with one beside a service, which BentoML refuses',
    [make, 'globals()[one()] = make("x")', 's = make("y")'],
    ['s y'],
  ],
  [
    'globals() in a loop over texts',
    [make, 'for n in ("a", "b"):', '  globals()[n] = make(n)'],
    ['a a?', 'b b?'],
  ],
  ['globals() in a loop over others', [make, 'for n in names():', '  globals()[n] = make(n)'], []],
  [
    'globals() in a loop over pairs',
    ['class A: pass', 'for n, c in {"a": A}.items():', '  globals()[n] = bentoml.service(c)'],
    ['a A'],
  ],
  [
    'globals() in a loop over zip',
    [make, 'for n, c in zip(("a", "b"), (1, 2)):', '  globals()[n] = make(n)'],
    ['a a?', 'b b?'],
  ],
  [
    'globals() in a loop over enumerate',
    [make, 'for i, n in enumerate(["a", "b"]):', '  globals()[n] = make(n)'],
    ['a a?', 'b b?'],
  ],
  [
    'globals() with the names of classes',
    [
      ...['class A: pass', 'class B: pass', 'for c in (A, B):'],
      '  globals()[c.__name__] = bentoml.service(c)',
    ],
    ['A A?', 'B B?'],
  ],
  ['another name of globals()', [make, 'g = globals()', 'g["s"] = make("x")'], ['s x']],
  ['setattr', [make, 'import sys', 'setattr(sys.modules[__name__], "s", make("x"))'], ['s x']],
  ['the module itself', ['import sys', `sys.modules[__name__].s = ${x}`], ['s x']],
  ['vars()', [`vars()["s"] = ${x}`], ['s x']],
  ['locals()', [`locals()["s"] = ${x}`], ['s x']],
  ['update() with a dictionary', [`globals().update({"s": ${x}})`], ['s x']],
  ['update() with names', [`globals().update(s=${x}, t=${y})`], ['s x', 't y']],
  ['update() with others', [make, 'globals().update({n: make(n) for n in names()})'], []],
  ['setdefault()', [`globals().setdefault("s", ${x})`], ['s x']],
  ['exec', ['exec("s = bentoml.Service(\'x\')")'], []],
]);

shows('what is one of several', [
  ['below __main__ in one line', [`s = ${x} if __name__ == "__main__" else None`], []],
  ['below __main__ by and', [`s = __name__ == "__main__" and ${x}`], []],
  ['not below __main__', [`s = None if __name__ == "__main__" else ${x}`], ['s x']],
  ['TYPE_CHECKING and', ['from typing import TYPE_CHECKING as T', `s = T and ${x}`], []],
  ['TYPE_CHECKING or', ['from typing import TYPE_CHECKING as T', `s = T or ${x}`], ['s x']],
  ['the condition of a comprehension in it', [`s = [a for a in b if a] and ${x}`], ['s x']],
  ['two services', [`s = ${x} if z else ${y}`], ['s s?']],
  ['two services of a name', [`s = ${x} if z else ${x}`], ['s x']],
  ['the second of two', [`s = ${x} and ${y}`], ['s y']],
  [
    'two classes',
    ['class A: pass', 'class B: pass', 's = bentoml.service(A if z else B)'],
    ['s s?'],
  ],
  [
    'two functions',
    ['def a(): return bentoml.legacy.Service("a")', make, 's = (a if z else make)("b")'],
    ['s s?'],
  ],
  [
    'two decorators',
    [
      'import functools',
      'd = functools.partial(bentoml.service, name="x") if z else bentoml.service',
      ...['@d()', 'class A: pass'],
    ],
    ['A A?'],
  ],
  [
    'a class that a library may replace',
    ['import lib', 'class A: pass', 'if z:', '  A = lib.load(A)', 's = bentoml.service(A)'],
    ['s s?'],
  ],
  ['a service that a library may replace', [`s = ${x}`, 'if z:', '  s = traced(s)'], ['s s?']],
  [
    'an import that falls back',
    [
      ...['try:', '  from lib import Fast as A', 'except ImportError:', '  class A: pass'],
      's = bentoml.service(A)',
    ],
    ['s s?'],
  ],
  [
    'a constant of try, except and else',
    [
      ...['try:', '  import fast', 'except ImportError:', '  N = "slow"', 'else:', '  N = "fast"'],
      's = bentoml.legacy.Service(N)',
    ],
    ['s s?'],
  ],
  [
    'a match statement',
    ['match z:', '  case "a":', `    s = ${x}`, '  case _:', `    s = ${y}`],
    ['s s?'],
  ],
  [
    'a match statement of one name',
    ['match z:', `  case 1: s = ${x}`, `  case _: s = ${x}`],
    ['s x'],
  ],
  ['a name that a case binds', [`s = ${x}`, 'match z:', '  case {"s": s}: pass'], ['s s?']],
  ['a with statement', ['import lib', 'with lib.ctx():', `  s = ${x}`], ['s x']],
  ['a name that with binds', [`s = ${x}`, 'with ctx() as s: pass'], ['s s?']],
  ['a name that except binds', [`s = ${x}`, 'try: pass', 'except E as s: pass'], ['s s?']],
  ['what may be deleted', [`s = ${x}`, 'if z:', '  del s'], ['s x']],
  ['an early return', ['def f(d):', `  if d: return ${x}`, `  return ${y}`, 's = f(1)'], ['s s?']],
  [
    'a text or another',
    ['import os', 's = bentoml.legacy.Service(os.getenv("N") or "x")'],
    ['s s?'],
  ],
  ['None or a text', ['s = bentoml.legacy.Service(None or "x")'], ['s x']],
]);

shows('what changes before it is used', [
  ['an item of a list', [`all = [${x}]`, `all.insert(0, ${y})`, 's = all[0]'], ['s s?']],
  ['an item that is appended', ['all = []', `all.append(${y})`, 's = all[0]'], ['s y']],
  ['an item that is deleted', [`all = [${x}, ${y}]`, 'del all[0]', 's = all[0]'], ['s s?']],
  [
    'a list that a function changes',
    [...[`all = [${x}]`, 'def add(s): all.insert(0, s)', `add(${y})`, 's = all[0]']],
    ['s s?'],
  ],
  ['an entry', [`all = {"a": ${x}}`, `all["a"] = ${y}`, 's = all["a"]'], ['s y']],
  ['a new entry', ['all = {}', `all["a"] = ${y}`, 's = all["a"]'], ['s y']],
  ['get()', [`all = {"a": ${x}}`, 's = all.get("a")'], ['s x']],
  [
    'an option',
    ['o = {"name": "a"}', 'o["name"] = "b"', '@bentoml.service(**o)', 'class A: pass'],
    ['A b'],
  ],
  [
    'options that are updated',
    ['o = {"name": "a"}', 'o.update(name="b")', '@bentoml.service(**o)', 'class A: pass'],
    ['A A?'],
  ],
  [
    'options that are joined',
    ['o = {"name": "a"} | {"name": "b"}', '@bentoml.service(**o)', 'class A: pass'],
    ['A A?'],
  ],
  ['a text', ['N = "a"', 'N += "b"', 's = bentoml.legacy.Service(N)'], ['s s?']],
  [
    'a parameter',
    ['def f(n):', '  n += "b"', '  return bentoml.legacy.Service(n)', 's = f("x")'],
    ['s s?'],
  ],
  [
    'a global',
    ['N = "a"', 'def f():', '  global N', '  N = "b"', 'f()', 's = bentoml.legacy.Service(N)'],
    ['s s?'],
  ],
  [
    'a name of the function around',
    [
      ...['def f():', '  n = "a"', '  def g():', '    nonlocal n', '    n = "b"', '  g()'],
      ...['  return bentoml.legacy.Service(n)', 's = f()'],
    ],
    ['s s?'],
  ],
  ['the name of a service', ['@bentoml.service', 'class A: pass', 'A.name = "y"'], ['A A?']],
  [
    'the name of a class',
    ['class A: pass', 'A.__name__ = "y"', 's = bentoml.service(A)'],
    ['s s?'],
  ],
]);

shows('other ways to write it', [
  ['cast', ['from typing import cast', `s = cast("bentoml.Service", ${x})`], ['s x']],
  ['cast twice', ['import typing as t', `s = t.cast(object, t.cast(t.Any, ${x}))`], ['s x']],
  ['one of a list', [`s, = [${x}]`], ['s x']],
  [
    'brackets',
    [`(a, b) = (${x}, ${y})`, `[c] = [${x}]`, `d, (e, f) = 1, (${x}, 2)`],
    ['a x', 'b y', 'c x', 'e x'],
  ],
  ['a star', [`a, *b = ${x}, 1, 2`, `*c, d = 1, ${y}`], ['a x']],
  ['a lambda that is called', [`s = (lambda: ${x})()`], ['s x']],
  [
    'a decorator with a name',
    ['@(deco := bentoml.service(name="x"))', 'class A: pass', '@deco', 'class B: pass'],
    ['A x', 'B x'],
  ],
]);

test('thousands of alternatives, loops and changes take a moment', async () => {
  const many = Array.from({ length: 3_000 }, (_, index) => index.toString());
  const from = process.cpuUsage().user;
  const found = await rows([
    `a = ${many.map((index) => `f${index}()`).join(' or ')} or ${x}`,
    `b = ${many.map(() => '[i for i in ').join('')}${x}${many.map(() => ']').join('')}`,
    'c = []',
    ...many.map((index) => `c.append(bentoml.legacy.Service("${index}"))`),
    'd = c[0]',
    ...many.map((index) => `for e in (e, f, ${index}): globals()[e] = e`),
    `z = ${x}`,
  ]);
  expect(found).toContain('z x');
  expect((process.cpuUsage().user - from) / 1000).toBeLessThan(5_000);
});
