import { describe, expect, it } from 'vitest';
import { OutputHistory, outputStart } from '../../../src/core/logs/output-history';

describe('the output history', () => {
  it('keeps the newest lines and says how many it dropped', () => {
    const history = new OutputHistory(20);
    for (let line = 1; line <= 9; line++) history.append(`line ${line}\n`);
    expect(history.text()).toBe('… 7 older lines dropped …\r\nline 8\nline 9\n');
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

  it('gives the last lines', () => {
    const history = new OutputHistory();
    for (let line = 0; line < 10_000; line++) history.append(`${'x'.repeat(100)} ${line}\n`);
    expect(history.tail(2)).toMatch(/^x+ 9998\nx+ 9999$/);
    expect(history.tail(1_500).split('\n')).toHaveLength(1_500);
    history.append('y'.repeat(500_000));
    expect(history.tail(2)).toMatch(/^x+ 9999\ny+$/);
  });

  it('gives the last lines of what came after a position', () => {
    const history = new OutputHistory();
    history.append('one\n');
    const { end } = history;
    expect(history.tail(2, end)).toBe('');
    history.append('two\n');
    expect(history.tail(2, end)).toBe('two');
    history.append('three\nfour\n');
    expect(history.tail(2, end)).toBe('three\nfour');
  });

  it('gives what came since a position, or the last lines of it', () => {
    const history = new OutputHistory();
    history.append('one\ntwo\n');
    const first = history.since(outputStart);
    expect(first).toMatchObject({ text: 'one\ntwo\n', isCut: false, skippedLines: 0 });
    expect(history.since(first.end).text).toBe('');
    history.append('three\nfour\nfive\n');
    expect(history.since(first.end, 9)).toMatchObject({
      text: 'five\n',
      isCut: true,
      skippedLines: 2,
    });
  });

  it('cuts no character', () => {
    const history = new OutputHistory(100);
    history.append('🍱'.repeat(1_000));
    expect(history.since(outputStart, 10).text).toBe('🍱🍱');
  });
});
