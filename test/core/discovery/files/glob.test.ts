import { describe, expect, it } from 'vitest';
import { excludedBy } from '../../../../src/core/discovery/files/excluded';
import { parseGlob } from '../../../../src/core/discovery/files/glob';

const means = (glob: string, path: string): boolean | undefined =>
  parseGlob(glob)?.(path.split('/'));

describe('a glob', () => {
  it.each([
    ['**/node_modules', ['node_modules', 'a/node_modules', 'a/b/node_modules']],
    ['**/*.py', ['a.py', 'a/b.py', '.py', 'a/.b.py']],
    ['a/**', ['a', 'a/b', 'a/b/c']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b']],
    ['a/**/b/**/c', ['a/b/c', 'a/x/b/b/y/c']],
    ['*a*b*', ['ab', 'xaxbx', 'aab']],
    ['a?c', ['abc', 'a.c', 'aßc', 'a🍱c']],
    ['[a-c][!0-9]', ['ax', 'c-']],
    ['[^a]', ['b']],
    ['{a,b/c}/d', ['a/d', 'b/c/d']],
    ['x{,y}{1,{2,3}}', ['x1', 'xy2', 'x3']],
    ['a**b', ['ab', 'axb']],
    ['{a', ['{a']],
    ['a}', ['a}']],
    ['[a', ['[a']],
    ['a.b', ['a.b']],
    ['(a|b)', ['(a|b)']],
  ])('%s means %j', (glob, paths) => {
    for (const path of paths) expect(means(glob, path), path).toBe(true);
  });

  it.each([
    ['**/node_modules', ['node_modules/a', 'xnode_modules']],
    ['*.py', ['a/b.py', 'a.pyc']],
    ['a/**/b', ['ab', 'a/b/c']],
    ['a?c', ['ac', 'a/c']],
    ['[!a]', ['a', '', '/']],
    ['{a,b}', ['c', '{a,b}', 'ab']],
    ['a**b', ['a/b']],
    ['a.b', ['axb']],
  ])('%s does not mean %j', (glob, paths) => {
    for (const path of paths) expect(means(glob, path), path).toBe(false);
  });

  it('with alternatives without end is none', () => {
    expect(parseGlob('{a,b}'.repeat(8))).toBeUndefined();
    expect(excludedBy(['{a,b}'.repeat(8), '**/x'])('a/x')).toBe(true);
  });

  it('is told at once also where a regular expression would take for ever', () => {
    expect(means(`${'*a'.repeat(30)}c`, `${'a'.repeat(200)}b`)).toBe(false);
    expect(means(`${'**/a/'.repeat(30)}c`, `${'a/'.repeat(200)}b`)).toBe(false);
    expect(excludedBy([`${'/'.repeat(1_000_000)}a`])('a')).toBe(false);
  });

  it('knows no case on Windows', () => {
    expect(excludedBy(['**/Build'], 'win32')('a/BUILD')).toBe(true);
    expect(excludedBy(['**/Build'], 'linux')('a/BUILD')).toBe(false);
  });
});
