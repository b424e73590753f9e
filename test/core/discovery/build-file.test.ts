import { describe, expect, test } from 'vitest';
import { buildFileLimit, parseBuildFile } from '../../../src/core/discovery/build-file';

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
  });
});

describe('bad input', () => {
  test.each(['[', '{', '- ', '? ', 'a: {', '"', '&a ', '[[', 'a.', '\n', '# ', 'a: "\\'])(
    'as long as the limit is over soon: %j',
    (piece) => {
      const content = piece.repeat(buildFileLimit / piece.length);
      for (const name of ['bentofile.yaml', 'pyproject.toml']) {
        const start = performance.now();
        try {
          parseBuildFile(name, `# bentoml\n${content}`);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(performance.now() - start).toBeLessThan(2_000);
      }
    },
  );
});
