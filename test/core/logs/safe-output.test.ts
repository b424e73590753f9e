import { describe, expect, it } from 'vitest';
import { SafeOutput } from '../../../src/core/logs/safe-output';
import { processorTime } from '../../support/processor-time';

const filtered = (...pieces: readonly string[]): string => {
  const output = new SafeOutput();
  return pieces.map((piece) => output.filter(piece)).join('');
};

describe('safe output', () => {
  it.each([
    ['text and line ends', 'one\r\ntwo\tthree\n', 'one\r\ntwo\tthree\n'],
    ['colours', '\x1b[1;31mred\x1b[0m', '\x1b[1;31mred\x1b[0m'],
    ['letters of all the world', 'Grüße 你好 🍱 שלום', 'Grüße 你好 🍱 שלום'],
    ['colours by number', '\x1b[38;5;8;48;5;7mx', '\x1b[38;5;8;48;5;7mx'],
    [
      'a colour after the background is the usual one again',
      '\x1b[41m\x1b[0m\x1b[31mx',
      '\x1b[41m\x1b[0m\x1b[31mx',
    ],
    ['true colours with an 8', '\x1b[48;2;8;8;8mx', '\x1b[48;2;8;8;8mx'],
    ['white on blue, underlined in red', '\x1b[97;44;4;58;5;1mx', '\x1b[97;44;4;58;5;1mx'],
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
    ['concealed text (SGR 8)', 'a\x1b[8mhidden\x1b[28mb', 'ahidden\x1b[28mb'],
    ['concealed text among other styles', '\x1b[1;8;31mx', '\x1b[1;31mx'],
    ['concealed text in other digits', '\x1b[08mx\x1b[;8my\x1b[8:0mz', 'x\x1b[myz'],
    ['text in the colour of its background', '\x1b[30;40mx\x1b[47my', '\x1b[30mx\x1b[47my'],
    ['such text in steps', '\x1b[41mx\x1b[1mx\x1b[31mx', '\x1b[41mx\x1b[1mxx'],
    ['such text in other words', '\x1b[38;5;0;40mx\x1b[48:5:0my', '\x1b[38;5;0mxy'],
    ['such text in true colours', '\x1b[38;2;1;2;3;48:2::1:2:3mx', '\x1b[38;2;1;2;3mx'],
    ['a colour that ends nowhere', '\x1b[1;38;8mx', '\x1b[1mx'],
    ['order of others (bidirectional controls)', 'a\u202eb\u2066c\u200fd\u061ce', 'abcde'],
    ['a broken sequence before a line end', 'a\x1b[12\nb', 'a\nb'],
  ])('%s', (_, given, expected) => {
    expect(filtered(given)).toBe(expected);
  });

  it.each([
    ['a link and a title (OSC 8, OSC 0) ended by ST in one character', '\x1b]0;x\x9ca', 'a'],
    ['a string that another sequence cuts off', 'a\x1b]0;title\x1b[31mred', 'a\x1b[31mred'],
    ['a string that is cancelled', 'a\x1bPq\x18b', 'ab'],
    ['an escape at the end of a line', 'a\x1b\nb', 'a\nb'],
    ['two escapes', 'a\x1b\x1b[31mb', 'a\x1b[31mb'],
    ['colours with colons', '\x1b[38:2:1:2:3mx', '\x1b[38:2:1:2:3mx'],
    ['private modes that look like colours', '\x1b[?25m\x1b[>4mx', 'x'],
    ['a letter that is no final character', 'a\x1b[3éb', 'ab'],
  ])('%s', (_, given, expected) => {
    expect(filtered(given)).toBe(expected);
  });

  it.each([
    ['an endless string', '\x1b]52;'],
    ['an endless string in one character', '\x9d'],
    ['an endless sequence', '\x1b['],
    ['endless intermediate characters', '\x1b('],
  ])('goes on with the text after 4 KiB of %s', (_, start) => {
    const filler = start === '\x1b(' ? ' ' : '1';
    const pieces = Array.from({ length: 100 }, () => filler.repeat(100));
    for (const given of [[start, ...pieces, 'after'], [[start, ...pieces, 'after'].join('')]]) {
      const text = filtered(...given);
      expect(text.length).toBeGreaterThan(5_000);
      expect(text.endsWith('after')).toBe(true);
    }
  });

  it.each([
    ['plain', 'INFO a line of a log with some words in it\n'],
    ['coloured', '\x1b[32mINFO\x1b[0m a line of a log with some words in it\n'],
    ['full of cursor moves', '\x1b[2K\x1b[1A\x1b[32mINFO\x1b[0m a line of a log\r\n'],
    ['full of links', '\x1b]8;;http://x\x07link\x1b]8;;\x07 and more\n'],
    ['of strings that never end', '\x9d'],
    ['of escapes', '\x1b'],
    ['of sequences that never end', '\x9b1'],
  ])('takes 3 MB of text that is %s in far less than 3 s', (_, line) => {
    const text = line.repeat(3_000_000 / line.length);
    const from = processorTime();
    filtered(text);
    expect(processorTime() - from).toBeLessThan(1_500);
  });

  it('knows sequences that come in pieces', () => {
    expect(filtered('a\x1b', '[3', '1mred', '\x1b]52;c;', 'xxx', '\x07b')).toBe('a\x1b[31mredb');
  });

  it('is not silenced by a sequence that never ends', () => {
    expect(filtered(`\x1b]52;${'x'.repeat(5000)}`, 'after')).toContain('after');
  });
});
