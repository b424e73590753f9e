import { describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
import { OutputHistory } from '../../../src/core/logs/output-history';
import { LastWords } from '../../../src/core/logs/last-words';
import { ManualClock } from '../../support/manual-clock';

describe('the log of a component', () => {
  const log = (): ComponentLog => new ComponentLog(new ManualClock());

  it('gives a terminal the line ends it needs', () => {
    const one = log();
    one.write('a\nb\r\nc', 'http#1', 'stdout');
    expect(one.output.text()).toBe('a\r\nb\r\nc');
  });

  it('leaves out the access log of probes that succeed, and nothing else', () => {
    const one = log();
    const line = (path: string, status: number): string =>
      `2026 [INFO] [api_server:x:1] 127.0.0.1:5 (scheme=http,method=GET,path=${path},type=,length=) (status=${status},type=text/plain,length=1) 0.4ms (trace=1)\n`;
    one.write(
      `before\n${line('/readyz', 200)}${line('/readyz', 503)}${line('/livez', 200)}${line('/predict', 200)}`,
      'http#1',
      'stderr',
    );
    const text = one.output.text();
    expect(text).toMatch(/^before\r\n.*readyz.*503.*\r\n.*predict.*\r\n$/);
  });

  it('puts an event on a line of its own', () => {
    const one = log();
    one.write('no end', 'http#1', 'stdout');
    one.event('stopped');
    expect(one.output.text()).toMatch(/^no end\r\n.*stopped.*\r\n$/);
  });

  it('keeps what each process said apart', () => {
    const one = log();
    one.write('first\n', 'http#1', 'stderr');
    one.write('\u001b]52;c;x\u0007second\n', 'http#2', 'stderr');
    expect(one.lastWords.take('http#2').all).toBe('second\n');
    expect(one.lastWords.take('http#1').all).toBe('first\n');
  });
});

describe('the last words of a process', () => {
  it('are those of each stream, errors first, and all in the order they came', () => {
    const words = new LastWords();
    words.add('http#1', 'stdout', 'a');
    words.add('http#1', 'stderr', 'b');
    words.add('http#1', 'stdout', 'c');
    expect(words.take('http#1')).toEqual({ streams: ['b', 'ac'], all: 'abc' });
  });

  it('are forgotten with it', () => {
    const words = new LastWords();
    words.add('http#1', 'stderr', 'a');
    words.take('http#1');
    expect(words.take('http#1')).toEqual({ streams: [], all: '' });
  });

  it('are bounded', () => {
    const words = new LastWords();
    for (let line = 0; line < 20_000; line++) words.add('http#1', 'stderr', `line ${line}\n`);
    words.add('http#2', 'stderr', 'x'.repeat(1_000_000));
    const { all } = words.take('http#1');
    expect(all.length).toBeLessThanOrEqual(64_000);
    expect(all.endsWith('line 19999\n')).toBe(true);
    expect(words.take('http#2').all).toHaveLength(64_000);
  });
});

describe('the output history', () => {
  it('keeps the newest and says what it dropped', () => {
    const history = new OutputHistory(10);
    history.append('12345');
    history.append('67890');
    history.append('abc');
    expect(history.text()).toBe('… 5 older characters dropped …\r\n67890abc');
  });

  it('tells what comes later', () => {
    const history = new OutputHistory();
    const seen: string[] = [];
    const subscription = history.onDidAppend((text) => seen.push(text));
    history.append('one');
    subscription.dispose();
    history.append('two');
    expect(seen).toEqual(['one']);
  });
});
