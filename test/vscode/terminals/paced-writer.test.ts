import { expect, it } from 'vitest';
import { OutputHistory } from '../../../src/core/logs/output-history';
import { follow } from '../../../src/vscode/terminals/output-follower';
import { PacedWriter } from '../../../src/vscode/terminals/paced-writer';
import { WantedTerminals } from '../../../src/vscode/terminals/wanted-terminals';
import { bento, component } from '../../support/bentos';
import { english } from '../../support/english';
import { ManualClock } from '../../support/manual-clock';

function writer(): { clock: ManualClock; written: string[]; paced: PacedWriter } {
  const clock = new ManualClock();
  const written: string[] = [];
  const paced = new PacedWriter((text) => written.push(text), clock, english);
  return { clock, written, paced };
}

it('writes at once, then all that came within 50 ms together', async () => {
  const { clock, written, paced } = writer();
  paced.push('a');
  paced.push('b');
  paced.push('c');
  expect(written).toEqual(['a']);
  await clock.pass(50);
  expect(written).toEqual(['a', 'bc']);
  await clock.pass(50);
  paced.push('d');
  expect(written).toEqual(['a', 'bc', 'd']);
});

it('skips whole lines of what is too much, and says how many characters', async () => {
  const { clock, written, paced } = writer();
  const line = `${'x'.repeat(998)}\r\n`;
  paced.push('first');
  for (let count = 0; count < 1_000; count++) paced.push(line);
  await clock.pass(50);
  const [, shown = ''] = written;
  const skipped = Number(/… (\d+) characters skipped …/.exec(shown)?.[1]);
  const kept = shown.slice(shown.lastIndexOf('\u001b[0m\r\n') + 6);
  expect(skipped + kept.length).toBe(1_000_000);
  expect(kept.length).toBeLessThanOrEqual(200_000);
  expect(kept.length).toBeGreaterThan(190_000);
  expect(kept.startsWith('x'.repeat(998))).toBe(true);
  expect(kept.endsWith(line)).toBe(true);
});

it('holds little of an endless line', async () => {
  const { clock, written, paced } = writer();
  paced.push('first');
  for (let count = 0; count < 100; count++) paced.push('y'.repeat(50_000));
  await clock.pass(50);
  expect(written[1]?.length).toBeLessThan(201_000);
});

it('writes nothing after its end', async () => {
  const { clock, written, paced } = writer();
  paced.push('a');
  paced.push('b');
  paced.dispose();
  await clock.pass(100);
  expect(written).toEqual(['a']);
  expect(clock.waiting).toBe(0);
});

it('a terminal opened late misses nothing and shows nothing twice', () => {
  const output = new OutputHistory();
  const shown: string[] = [];
  const add = (text: string): void => void shown.push(text);
  output.append('one\r\n');
  const following = follow(output, add, add);
  output.append('two\r\n');
  following.dispose();
  output.append('three\r\n');
  expect(shown).toEqual(['one\r\n', 'two\r\n']);
});

it('a component gets one terminal a Serve, as soon as it has output', () => {
  const wanted = new WantedTerminals();
  const runner = component({ id: 'runner:upper', kind: 'runner' });
  const served = bento({ state: 'starting', components: [component(), runner] });
  expect(wanted.next(bento(), () => true)).toEqual([]);
  expect(wanted.next(served, (id) => id === 'http')).toEqual(['http']);
  expect(wanted.next(served, () => true)).toEqual(['runner:upper']);
  expect(wanted.next({ ...served, state: 'ready' }, () => true)).toEqual([]);
  wanted.next(bento(), () => true);
  expect(wanted.next(served, () => true)).toEqual(['http', 'runner:upper']);
});
