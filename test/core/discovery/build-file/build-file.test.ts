import { describe, expect, test } from 'vitest';
import { parseBuildFile } from '../../../../src/core/discovery/build-file/build-file';
import { buildFileLimit } from '../../../../src/core/discovery/build-file/build-file-names';
import { processorTime } from '../../../support/processor-time';

describe('bentofile.yaml', () => {
  test.each([
    [
      'service: a:b\nname: n\ninclude: ["*.py"]\ndocker: {distro: debian}',
      { service: 'a:b', name: 'n' },
    ],
    ['service: "a:b"\nname: 7', { service: 'a:b' }],
    ['service: [a]\nname: " n "', { name: 'n' }],
    ['service: ""', {}],
    ['', {}],
    [`${'labels:\n  a: b\n'.repeat(1_000)}service: a:b\nlabels: {`, { service: 'a:b' }],
    ['service: a:b\nservice: c:d', { service: 'c:d' }],
    ['- a', undefined],
    ['text', undefined],
  ])('%j', (content, expected) => {
    expect(parseBuildFile('bentofile.yaml', content)).toEqual(expected);
  });
});

describe('a bentofile.yaml of more than 8 KB', () => {
  const long = 'labels:\n' + '  a: b\n'.repeat(2_000);

  test.each([
    ['"service": a:b\n\'name\' : n', { service: 'a:b', name: 'n' }],
    ['service : a:b', { service: 'a:b' }],
    ['x: &it a:b\ny: &also n\nservice: *it\nname: *also', { service: 'a:b', name: 'n' }],
    ['x: &it [*also]\ny: &also n\nservice: a:b\nargs: {x: *it}', { service: 'a:b' }],
    ['service: a:b\nx-y:\n  service: no', { service: 'a:b' }],
    ['service: a:b\ninclude:\n- "*.py"', { service: 'a:b' }],
  ])('%j', (content, expected) => {
    for (const text of [`${content}\n${long}`, `\uFEFF${long}${content}\n`]) {
      expect(parseBuildFile('bentofile.yaml', text)).toMatchObject(expected);
    }
  });

  test('has the same arguments as a short one, also behind an alias', () => {
    const keys = (content: string): unknown =>
      parseBuildFile('bentofile.yaml', content)?.variantKey;
    const text = 'x: &it {size: 3, more: [a]}\nargs: *it\n';
    expect(keys(text + long)).toBeTypeOf('string');
    expect(keys(text + long)).toBe(keys('args:\n  more:\n  - a\n  size: 3\n'));
    expect(keys(text + long)).not.toBe(keys('args: {size: 4, more: [a]}'));
    expect(keys('args: {}')).toBeUndefined();
  });

  test('that has only arguments, which are too long, builds the service that BentoML takes', () => {
    const build = parseBuildFile('bentofile.yaml', `args:\n${'  a: b\n'.repeat(2_000)}`);
    expect(build).toEqual({
      variantKey: expect.any(String) as string,
      variantProblem: { inLog: 'it is too long' },
    });
  });

  test('that is one mapping in brackets is not read as an empty one', () => {
    const text = `{service: a:b, labels: {${'a: b, '.repeat(2_000)}}}`;
    expect(() => parseBuildFile('bentofile.yaml', text)).toThrow('it is too long');
  });
});

test.each(['args: *nowhere', 'args: {a: ', 'args: "a'])(
  'unreadable arguments keep the service and the name: %s',
  (args) => {
    const read = (text: string): unknown => parseBuildFile('bentofile.yaml', text);
    const content = `service: a:b\nname: n\n${args}\n`;
    const build = read(content);
    expect(build).toMatchObject({ service: 'a:b', name: 'n' });
    expect(build).toEqual(read(content));
    expect(build).not.toEqual(read(content.replace('args: ', 'args:  ')));
  },
);

test('arguments without an end are unlike all others', () => {
  const [name, content] = ['bentofile.yaml', 'service: a:b\nargs: &a {x: *a}'];
  const build = parseBuildFile(name, content);
  expect(build).toMatchObject({
    service: 'a:b',
    variantProblem: { inLog: 'they contain themselves or are nested too deeply' },
  });
  expect(build?.variantKey).not.toBe(parseBuildFile(name, content)?.variantKey);
});

describe('pyproject.toml', () => {
  test.each([
    ['[tool.bentoml.build]\nservice = "a:b"', { service: 'a:b' }],
    ['[project]\nname = "p"\n[tool.bentoml.build]\nname = "n"', { name: 'n' }],
    ['[project]\nname = "p"\n[tool.bentoml.build]\n', { name: 'p' }],
    ['[project]\nname = "p"\ndependencies = ["bentoml"]', undefined],
    ['[tool.bentoml]\nbuild = 1', undefined],
    ['[tool.other', undefined],
  ])('%j', (content, expected) => {
    expect(parseBuildFile('pyproject.toml', content)).toEqual(expected);
    // Only what is needed of a long one is parsed.
    const long = `# bentoml\n${content}\n[tool.lock]\n${'x = [\n'.repeat(4_000)}`;
    if (!content.endsWith('.other')) {
      expect(parseBuildFile('pyproject.toml', long)).toEqual(expected);
    }
  });

  test.each([
    ['tables in strings', `x = '''\n[tool.x]\n'''\ny = """\n[tool.x]\n\\"""[a\n"""\n`],
    ['quotes in comments', `x = 1 # "\n# '''\n`],
    ['escapes', `x = "\\"" # """\ny = '\\'\nz = ""\n`],
    ['a table of tables', '[[project.authors]]\nname = "x"\n'],
  ])('a long one is cut where its tables are: %s', (_, before) => {
    const rest = `[tool.lock]\n${'x = "y" # z\n'.repeat(3_000)}`;
    const own = `${before}[ tool . "bentoml".build ]\nservice = "a:b"\n`;
    for (const content of [own + rest, `${rest}[tool.other]\n${own}`]) {
      expect(parseBuildFile('pyproject.toml', content)).toEqual({ service: 'a:b' });
    }
  });

  test('is not parsed where even that is long', () => {
    const content = `[tool.bentoml.build]\nargs.${'a.'.repeat(60_000)}b = 1`;
    expect(() => parseBuildFile('pyproject.toml', content)).toThrow('it is too long');
  });
});

describe('bad input', () => {
  test.each(['[', '{', '- ', '? ', 'a: {', '"', '&a ', '[[', 'a.', '\n', '# ', 'a: "\\'])(
    'as long as the limit is over soon: %j',
    (piece) => {
      const content = piece.repeat(buildFileLimit / piece.length);
      for (const name of ['bentofile.yaml', 'pyproject.toml']) {
        const start = processorTime();
        try {
          parseBuildFile(name, `# bentoml\n${content}`);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(processorTime() - start).toBeLessThan(2_000);
      }
    },
  );
});
