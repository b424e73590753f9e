import { describe, expect, it } from 'vitest';
import { LogRecords } from '../../../src/core/logs/log-records';
import { ManualClock } from '../../support/manual-clock';
import { processorTime } from '../../support/processor-time';

const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /;
const untimed = (records: string): string =>
  records
    .split('\n')
    .map((line) => {
      if (line !== '') expect(line).toMatch(stamp);
      return line.replace(stamp, '');
    })
    .join('\n');

function added(...pieces: readonly (readonly [string, string])[]): string {
  const records = new LogRecords(new ManualClock());
  return untimed(pieces.map(([text, source]) => records.add(text, source).join('')).join(''));
}

describe('the records of a log file', () => {
  it('are one a line, with the source', () => {
    expect(added(['one\ntwo\n', 'http#1 stdout'])).toBe(
      '[http#1 stdout] one\n[http#1 stdout] two\n',
    );
  });

  it('keep the lines of several sources apart, however they are cut', () => {
    expect(added(['on', 'a'], ['tw', 'b'], ['e\nthr', 'a'], ['o\n', 'b'], ['ee\n', 'a'])).toBe(
      '[a] one\n[b] two\n[a] three\n',
    );
  });

  it.each([
    ['a progress bar', '10%\r20%\r\ndone\n', '[a] 10%\\r20%\n[a] done\n'],
    ['a line that fakes a record', 'x\r[Serve Bento] stopped\n', '[a] x\\r[Serve Bento] stopped\n'],
    ['line ends of Windows', 'a\r\nb\r\n', '[a] a\n[a] b\n'],
    ['two carriage returns', 'a\r\r\nb\n', '[a] a\\r\n[a] b\n'],
    ['line ends of editors', 'a\u2028b\u2029c\n', '[a] a\\u2028b\\u2029c\n'],
    ['colours', '\u001b[1;31mred\u001b[0m\n', '[a] red\n'],
    ['empty lines', '\n\n', '[a] \n[a] \n'],
    ['dollar signs', "$& $1 $' $`\n", "[a] $& $1 $' $`\n"],
  ])('have %s as one line', (_, given, expected) => {
    expect(added([given, 'a'])).toBe(expected);
  });

  it('know a line end of Windows that comes in two pieces', () => {
    expect(added(['a\r', 'x'], ['\nb\n', 'x'])).toBe('[x] a\n[x] b\n');
  });

  it('cannot be faked by the name of a source', () => {
    expect(added(['x\n', 'a] $&\n[b'])).toBe('[a_ _& _b] x\n');
  });

  it('go on after a line that is longer than a record, which is said', () => {
    const text = added(...Array.from({ length: 48 }, () => ['y'.repeat(65_536), 'a'] as const), [
      'end\nnext\n',
      'a',
    ]);
    const lines = text.split('\n');
    expect(lines).toHaveLength(48 + 3);
    expect(lines[0]).toBe(`[a] ${'y'.repeat(65_536)}`);
    expect(lines[1]).toBe(`[a +] ${'y'.repeat(65_536)}`);
    expect(lines.slice(48)).toEqual(['[a +] end', '[a] next', '']);
  });

  it('do not wait for a line end for ever', async () => {
    const clock = new ManualClock();
    const records = new LogRecords(clock);
    records.add('password? ', 'a');
    expect(records.hasOpen).toBe(true);
    expect(records.overdue()).toBe('');
    await clock.pass(1000);
    expect(untimed(records.overdue())).toBe('[a] password? \n');
    expect(records.hasOpen).toBe(false);
    expect(untimed(records.add('wrong\n', 'a').join(''))).toBe('[a +] wrong\n');
  });

  it('end with their source', () => {
    const records = new LogRecords(new ManualClock());
    records.add('last words', 'a');
    expect(untimed(records.end('a'))).toBe('[a] last words\n');
    expect(untimed(records.add('anew\n', 'a').join(''))).toBe('[a] anew\n');
  });

  it('are quick with a hundred thousand carriage returns', () => {
    const from = processorTime();
    added([`${'\r'.repeat(100_000)}x\n`, 'a']);
    expect(processorTime() - from).toBeLessThan(1000);
  });
});
