import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBuildFile } from '../../../../src/core/discovery/build-file/build-file';
import type { LogText } from '../../../../src/core/log';
import { expectProportional, pumped } from '../../../support/growth';
import { isUnpolluted, textOf } from '../../../support/hostile';
import { check, checkAsync } from '../../../support/properties';
import { long } from '../../../support/long';

const common = ['service', 'name', '\n', '[', ']', '{', '}', '"', "'", ',', '#', 'a', 'bentoml'];
const awkward = ['__proto__', 'constructor', '\\', '\\u', '\ud800', '\0', '\r', '\t', '  ', ' '];
const yaml = [
  ...common,
  ...awkward,
  ...[': ', ':', '- ', '&a ', '*a', '<<: ', '!!binary ', '!!merge ', '|', '>', '|2-', '? '],
  ...[
    '%YAML 1.1\n---\n',
    '---\n',
    '...\n',
    'service: a:b\n',
    'name: n\n',
    'args:\n  ',
    'args: {a: 1}\n',
    '~',
    '0x1',
    '.inf',
  ],
];
const toml = [
  ...common,
  ...awkward,
  ...['=', ' = ', '.', '"""', "'''", '[tool.bentoml.build]\n', '[[', ']]', '[project]\n'],
  ...['tool', 'tool.bentoml', 'build', '1979-05-27T07:32:00Z', '0x', '1_0', 'inf', '1e9', '+'],
  ...['args = {a = 1}\n', 'service = "a:b"\n', 'name = "n"\n', '{a = 1}', '\\n\\'],
];
const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['bentofile.yaml', yaml],
  ['pyproject.toml', toml],
];

/** Half of what is parsed at once. */
const longest = 32 * 1024;

/** What is no build file may be told by an error. */
const read = (name: string, content: string): ReturnType<typeof parseBuildFile> => {
  try {
    return parseBuildFile(name, content);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return undefined;
  }
};

describe.each(kinds)('%s', (name, pieces) => {
  it('is a service, a name and arguments, nothing, or an error, whatever is in it', () => {
    const property = fc.property(textOf(pieces), (content) => {
      const build = read(name, `# bentoml\n${content}`);
      for (const [key, value] of Object.entries(build ?? {})) {
        expect(key).toMatch(/^(?:service|name|variantKey|variantProblem)$/);
        const text = key === 'variantProblem' ? (value as LogText).inLog : (value as unknown);
        expect(text).toSatisfy((one: unknown) => typeof one === 'string' && one.length <= 1000);
      }
      expect(isUnpolluted()).toBe(true);
    });
    check(property, 700);
  });

  it('takes time in proportion to its length', long, async () => {
    const starts =
      name === 'pyproject.toml'
        ? ['[tool.bentoml.build]\n', '[tool.bentoml.build]\nservice = ', '']
        : [
            'args: [',
            'args: {',
            'args:\n  ',
            'service: ',
            'service:\n',
            'service:\n  ',
            'service: |\n',
            '',
          ];
    const property = fc.asyncProperty(
      fc.constantFrom(...starts),
      pumped(pieces),
      async (start, input) => {
        const before = `# bentoml\n${start}${input.before}`;
        const run = (content: string): unknown => read(name, content);
        await expectProportional(run, { ...input, before }, longest);
      },
    );
    await checkAsync(property, 30);
  });
});

it('is not held up by keys in keys', long, async () => {
  const input = { before: 'service: ---\n', pump: '?  ', after: '' };
  await expectProportional((text) => read('bentofile.yaml', text), input, 8 * 1024);
});

describe('a build file', () => {
  const word = fc.stringMatching(/^[a-z][a-z_.]{0,20}$/);
  const service = fc.tuple(word, word).map(([module, name]) => `${module}:${name}`);
  const noise = fc
    .array(fc.stringMatching(/^[ -~]{0,40}$/), { maxLength: 20 })
    .map((lines) => lines.map((line) => `# ${line}\n`).join(''));

  it('tells its service and its name among comments and other keys', () => {
    const property = fc.property(service, word, noise, fc.nat(200), (asked, name, text, many) => {
      const labels = `labels:\n${'  a: [b, "c"]\n'.repeat(many)}`;
      const expected = { service: asked, name };
      const inYaml = `${text}service: "${asked}"\n${labels}${text}name: '${name}'\n${text}`;
      expect(parseBuildFile('bentofile.yaml', inYaml)).toEqual(expected);
      const inToml = `${text}[tool.other]\na = [1,\n2]\n${text}[tool.bentoml.build]\nservice = "${asked}"\n${text}name = '${name}'\n`;
      expect(parseBuildFile('pyproject.toml', inToml)).toEqual(expected);
    });
    check(property, 100);
  });
});
