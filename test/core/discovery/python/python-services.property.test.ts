import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readPythonModule,
  readPythonModuleInSlices,
} from '../../../../src/core/discovery/python/python-module';
import { expectProportional, pumped } from '../../../support/growth';
import { isUnpolluted, textOf } from '../../../support/hostile';
import { check, checkAsync } from '../../../support/properties';
import { pythonServices } from '../../../support/python-services';
import { long } from '../../../support/long';

const pieces = [
  ...['import bentoml', 'import bentoml as b', 'from bentoml import', 'import a.b as c', '@b.x'],
  ...['@bentoml.service', 'bentoml.Service(', 'bentoml.service(', 'bentoml.depends(', 'class A'],
  ...['bentoml.Runner(', '.to_runner()', '.get("m:v")', 'getattr(b, "legacy")', 'def f', 'svc'],
  ...['runners=', 'name=', 'on=', 'url=', 'async ', 'if x:', 'try:', ' as ', '*', 'b=b.a\n'],
  ...['=', '==', '(', ')', '[', ']', '{', '}', '"', "'", '"""', "'''", '\\', '\\\n', '#', ','],
  ...[':', ';', '.', '\n', '\r\n', '\r', ' ', '    ', '\t', '\f', 'f"', 'rb"', '\u00a0', '0'],
  ...['__proto__', 'constructor', 'a', 'b', '\ufeff', '\0', '\u2028', 'a=b\n', 'x = a.b\n'],
];

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

describe('Python sources', () => {
  it('give services in their places, whatever is in them', () => {
    const property = fc.property(textOf(pieces, 80), (source) => {
      const text = `import bentoml\n${source}`;
      const found = pythonServices(text);
      const attributes = found.map(({ attribute }) => attribute);
      expect(new Set(attributes).size).toBe(attributes.length);
      for (const { line, attribute, name, depends } of found) {
        expect(linesOf(text)[line]).toBeDefined();
        expect(attribute).not.toBe('');
        expect(name).toSatisfy((label: string) => label !== '' && label.length <= 1000);
        for (const dependency of depends) expect(dependency.attribute).not.toBe('');
      }
      expect(isUnpolluted()).toBe(true);
    });
    check(property, 2500);
  });

  it('give the same when they are read in slices', async () => {
    const property = fc.asyncProperty(textOf(pieces), fc.nat(1200), async (source, blanks) => {
      const text = `import bentoml\n${'x = 1\n'.repeat(blanks)}${source}`;
      const inSlices = await readPythonModuleInSlices('a.py', text, () => Promise.resolve());
      expect(inSlices).toEqual(readPythonModule('a.py', text));
    });
    await checkAsync(property, 200);
  });

  it('give a service behind any text that leaves nothing open', () => {
    const closed = ['x = 1', '# (', '"("', 'def f():\n    return (1,\n2)', 'if x:\n    y = ['];
    const more = ['class B:\n  a = """\n"""', "r'\\'", 'f"{x!r}"', '@x\n@y(1)\ndef g(): ...'];
    const noise = fc.array(fc.constantFrom(...closed, ...more), { maxLength: 20 });
    const property = fc.property(noise, (before) => {
      const service = ['import bentoml', '@bentoml.service', 'class Last: pass'];
      const found = pythonServices([...before, ...service].join('\n'));
      expect(found.map(({ attribute }) => attribute)).toEqual(['Last']);
    });
    check(property, 500);
  });

  it('take time in proportion to their length', long, async () => {
    const starts = [
      'import bentoml\n',
      'import bentoml as b\n',
      'import bentoml\nsvc = bentoml.Service(',
      'import bentoml\n@bentoml.service\nclass A:\n  ',
      'from bentoml import *\n',
    ];
    const property = fc.asyncProperty(
      fc.constantFrom(...starts),
      pumped(pieces),
      async (start, input) => {
        await expectProportional(pythonServices, { ...input, before: start + input.before });
      },
    );
    await checkAsync(property, 150);
  });

  it('of many aliases of aliases take no more room than their length', long, async () => {
    const alias = fc.constantFrom('b=b.a\n', 'b=b.aaaa\n', 'b=getattr(b, "aaaaaaaa")\n');
    const property = fc.asyncProperty(alias, async (pump) => {
      const input = { before: 'import bentoml as b\n', pump, after: '' };
      await expectProportional(pythonServices, input, 256 * 1024);
    });
    await checkAsync(property, 3);
  });
});
