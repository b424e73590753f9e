import { describe, expect, it } from 'vitest';
import { SafeOutput } from '../../../src/core/logs/safe-output';

const filtered = (...pieces: readonly string[]): string => {
  const output = new SafeOutput();
  return pieces.map((piece) => output.filter(piece)).join('');
};

describe('safe output', () => {
  it.each([
    ['text and line ends', 'one\r\ntwo\tthree\n', 'one\r\ntwo\tthree\n'],
    ['colours', '\x1b[1;31mred\x1b[0m', '\x1b[1;31mred\x1b[0m'],
    ['letters of all the world', 'Grüße 你好 🍱', 'Grüße 你好 🍱'],
    ['the clipboard (OSC 52)', 'a\x1b]52;c;aGk=\x07b', 'ab'],
    ['links (OSC 8)', '\x1b]8;;vscode://x\x1b\\click\x1b]8;;\x1b\\', 'click'],
    ['shell integration (OSC 633)', '\x1b]633;A\x07x', 'x'],
    ['device control strings', 'a\x1bPq#0\x1b\\b', 'ab'],
    ['questions that a terminal answers', 'a\x1b[6nb', 'ab'],
    ['clear screen and cursor moves', 'a\x1b[2J\x1b[Hb', 'ab'],
    ['one-character controls (C1)', 'a\x9b2Jb\x9d52;c;x\x9cc', 'abc'],
    ['bells, nulls and backspaces', 'a\x07\x00\x08b', 'ab'],
    ['full reset', 'a\x1bcb', 'ab'],
    ['a charset choice', 'a\x1b(0b', 'ab'],
    ['a broken sequence before a line end', 'a\x1b[12\nb', 'a\nb'],
  ])('%s', (_, given, expected) => {
    expect(filtered(given)).toBe(expected);
  });

  it('knows sequences that come in pieces', () => {
    expect(filtered('a\x1b', '[3', '1mred', '\x1b]52;c;', 'xxx', '\x07b')).toBe('a\x1b[31mredb');
  });

  it('is not silenced by a sequence that never ends', () => {
    expect(filtered(`\x1b]52;${'x'.repeat(5000)}`, 'after')).toContain('after');
  });
});
