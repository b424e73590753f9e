import { expect, it } from 'vitest';
import { OutputHistory } from '../../../src/core/logs/output-history';
import { PacedWriter } from '../../../src/vscode/terminals/paced-writer';
import { english } from '../../support/english';
import { ManualClock } from '../../support/manual-clock';

function writer(output = new OutputHistory()): {
  clock: ManualClock;
  written: string[];
  paced: PacedWriter;
  output: OutputHistory;
} {
  const clock = new ManualClock();
  const written: string[] = [];
  const paced = new PacedWriter(output, (text) => written.push(text), clock, english);
  return { clock, written, paced, output };
}

it('writes at once, then all that came within 50 ms together', async () => {
  const { clock, written, output } = writer();
  output.append('a');
  output.append('b');
  output.append('c');
  expect(written).toEqual(['a']);
  await clock.pass(50);
  expect(written).toEqual(['a', 'bc']);
  await clock.pass(50);
  output.append('d');
  expect(written).toEqual(['a', 'bc', 'd']);
});

it('skips whole lines of what is too much, and says how many', async () => {
  const { clock, written, output } = writer();
  output.append('first\r\n');
  const line = (count: number): string => `${String(count).padStart(998, 'x')}\r\n`;
  for (let count = 0; count < 1_000; count++) output.append(line(count));
  await clock.pass(50);
  const [, shown = ''] = written;
  const skipped = Number(/… (\d+) lines skipped: see the log file …/.exec(shown)?.[1]);
  expect(skipped).toBeGreaterThanOrEqual(800);
  expect(skipped).toBeLessThan(810);
  const kept = shown.slice(shown.lastIndexOf('\u001b[0m\r\n') + 6);
  expect(kept).toBe(Array.from({ length: 1_000 - skipped }, (_, n) => line(skipped + n)).join(''));
});

it('shows 1 MB a second at most', async () => {
  const { clock, written, output } = writer();
  for (let ms = 0; ms < 10_000; ms += 10) {
    for (let count = 0; count < 10; count++) output.append(`${'z'.repeat(4_998)}\r\n`);
    await clock.pass(10);
  }
  const shown = written.join('').length;
  expect(shown).toBeGreaterThan(9_000_000);
  expect(shown).toBeLessThan(10_500_000);
});

it('shows little of an endless line', async () => {
  const { clock, written, output } = writer();
  output.append('first');
  for (let count = 0; count < 100; count++) output.append('y'.repeat(50_000));
  await clock.pass(50);
  expect(written[1]?.length).toBeLessThan(201_000);
  expect(written[1]).toContain('… part of a line skipped …');
});

it('writes nothing after its end', async () => {
  const { clock, written, paced, output } = writer();
  output.append('a');
  output.append('b');
  paced.dispose();
  output.append('c');
  await clock.pass(100);
  expect(written).toEqual(['a']);
  expect(clock.waiting).toBe(0);
});

it('begins with the history: a terminal opened late misses nothing and shows nothing twice', async () => {
  const output = new OutputHistory();
  for (let line = 0; line < 10_000; line++) output.append(`line ${line}\r\n`);
  const { clock, written, paced } = writer(output);
  output.append('later\r\n');
  await clock.pass(1_000);
  paced.dispose();
  const lines = written.join('').split('\r\n');
  expect(lines).toHaveLength(10_002);
  expect(lines.slice(-3)).toEqual(['line 9999', 'later', '']);
});
