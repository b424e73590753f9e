import { describe, expect, it } from 'vitest';
import { EvaluationBudget } from '../../../../../src/core/discovery/python/evaluation/evaluation-budget';
import { ModuleLookup } from '../../../../../src/core/discovery/python/evaluation/module-lookup';
import { readPythonModule } from '../../../../../src/core/discovery/python/python-module';

/** A workspace of modules by name. An unread one is undefined, and `name` may be `name.py` or `name/__init__.py`. */
function lookup(texts: Readonly<Record<string, string | undefined>>) {
  const modules = new Map(
    Object.entries(texts).map(([file, text]) => [
      file,
      text === undefined ? undefined : readPythonModule(file, text),
    ]),
  );
  const budget = new EvaluationBudget();
  const found = new ModuleLookup(
    (file) => (modules.has(file) ? modules.get(file) : null),
    (module) => [`${module}.py`, `${module}/__init__.py`],
    budget,
  );
  return {
    found,
    budget,
    module: (file: string) => modules.get(file) ?? readPythonModule(file, ''),
  };
}

describe('ModuleLookup', () => {
  it('takes the first file that there is, and remembers each that it looked at', () => {
    const { found, module } = lookup({ 'b/__init__.py': 'x = 1' });
    expect(found.find('b', 'a.py')).toBe(module('b/__init__.py'));
    expect([...found.used.keys()]).toEqual(['b.py', 'b/__init__.py']);
    expect(found.used.get('b.py')).toBeNull();
    expect(found.needed.size).toBe(0);
  });

  it('finds nothing behind a file that is not read yet, and says that it is needed', () => {
    const { found } = lookup({ 'b.py': undefined, 'b/__init__.py': '' });
    expect(found.find('b', 'a.py')).toBeUndefined();
    expect([...found.needed]).toEqual(['b.py']);
    expect(found.used.size).toBe(0);
  });

  it('finds no module that the workspace does not have, and needs no file for it', () => {
    const { found } = lookup({});
    expect(found.find('numpy', 'a.py')).toBeUndefined();
    expect(found.needed.size).toBe(0);
  });

  it('has the modules of `import *` in the order of the statements, depth first, each once', () => {
    const { found, module } = lookup({
      'a.py': 'from b import *\nfrom c import *\nfrom d import *',
      'b.py': 'from d import *',
      'c.py': 'from a import *',
      'd.py': '',
    });
    const starred = found.starredBy(module('a.py'));
    expect(starred.map(({ file }) => file)).toEqual(['b.py', 'd.py', 'c.py']);
  });

  it('works out the modules of `import *` once', () => {
    const { found, budget, module } = lookup({ 'a.py': 'from b import *', 'b.py': '' });
    const starred = found.starredBy(module('a.py'));
    const { steps } = budget;
    expect(found.starredBy(module('a.py'))).toBe(starred);
    expect(budget.steps).toBe(steps);
  });

  it('ends with thousands of modules that import each other', () => {
    const texts = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [
        `m${index}.py`,
        `from m${(index + 1) % 1000} import *`,
      ]),
    );
    const { found, module } = lookup(texts);
    expect(found.starredBy(module('m0.py'))).toHaveLength(200);
  });
});
