import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain, explainChain } from '../../../src/core/diagnosis/explain';
import { rootCause } from '../../../src/core/diagnosis/root-cause';
import { lastTraceback, type Raised } from '../../../src/core/diagnosis/traceback';
import { fraudContext, fraudFiles } from './fraud-files';
import { inEnglish } from './in-english';

const recorded = (name: string): string =>
  readFileSync(`test/fixtures/outputs/${name}.txt`, 'utf8');

const types = (output: string): readonly string[] => lastTraceback(output).map(({ type }) => type);

const cause = (output: string): unknown => {
  const found = rootCause(lastTraceback(output), fraudFiles());
  return found && [found.raised.type, found.raised.message, found.place?.shown, found.place?.line];
};

const traceback = `some line
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/uvicorn/server.py", line 10, in run
    await x
  File "/home/me/fraud/service.py", line 12, in __init__
    raise ValueError("no model named iris")
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/site-packages/lib.py", line 3, in load
    raise
ValueError: no model named iris
`;

describe('the root cause', () => {
  it("is the last exception, with the deepest line of the user's own", () => {
    expect(cause(traceback)).toEqual(['ValueError', 'no model named iris', 'service.py', 12]);
  });

  it('is found between colours, carriage returns and log records', () => {
    const coloured = traceback
      .replace('Traceback', '2026-11-23T04:47:14+0000 [ERROR] [cli] Traceback')
      .replaceAll('\n', '\u001b[0m\r\n');
    expect(cause(`${coloured}2026-11-23 [ERROR] Application startup failed. Exiting.`)).toEqual([
      'ValueError',
      'no model named iris',
      'service.py',
      12,
    ]);
  });

  it('has its source lines without the marks below them', () => {
    expect(lastTraceback(traceback)[0]?.frames.map(({ code }) => code)).toEqual([
      'await x',
      'raise ValueError("no model named iris")',
      'raise',
    ]);
  });

  it.each([
    ['itself', ''],
    ['in a member', '    |   File "/usr/lib/lib.py", line 9, in f\n    |     raise x'],
  ])('of a group has the place of the group where members have none: %s', (_, frame) => {
    const output = [
      '  + Exception Group Traceback (most recent call last):',
      '  |   File "/home/me/fraud/service.py", line 1, in <module>',
      '  |     raise ExceptionGroup("many", [ValueError("one bad"), KeyError("two")])',
      '  | ExceptionGroup: many (2 sub-exceptions)',
      '  +-+---------------- 1 ----------------',
      ...(frame === '' ? [] : ['    | Traceback (most recent call last):', frame]),
      '    | ValueError: one bad',
      '    +---------------- 2 ----------------',
      "    | KeyError: 'two'",
      '    +------------------------------------',
      '',
    ].join('\n');
    expect(cause(output)).toEqual(['ValueError', 'one bad', 'service.py', 1]);
    expect(inEnglish(explain(output, fraudContext()))).toMatchObject({
      text: "ValueError: one bad (service.py:1), and KeyError: 'two'",
      place: { shown: 'service.py', line: 1 },
    });
  });

  it('of a group is a member with a place of its own before others, of which a few are named', () => {
    const member = (type: string): Raised => ({
      type,
      message: '',
      frames: [],
      relation: 'member',
    });
    const frames = (line: number) => [{ file: '/home/me/fraud/service.py', line, code: 'x()' }];
    const chain: readonly Raised[] = [
      { type: 'ExceptionGroup', message: 'many (6 sub-exceptions)', frames: frames(9) },
      ...['A', 'B'].map(member),
      { ...member('ExceptionGroup'), frames: frames(7) },
      { ...member('C'), frames: frames(3), message: 'bad' },
      ...['D', 'E', 'E', 'F'].map(member),
      { type: 'G', message: 'handled before', frames: frames(8), relation: 'context' },
    ];
    expect(inEnglish(explainChain(chain, fraudContext()))?.text).toBe(
      'C: bad (service.py:3), and A, and B, and D, and 2 more',
    );
    const unplaced = chain.map((one) => (one.type === 'C' ? { ...one, frames: [] } : one));
    expect(inEnglish(explainChain(unplaced, fraudContext()))?.text).toMatch(
      /^A \(service\.py:9\), and B, and C: bad/,
    );
  });

  it('is what was raised last of a chain, whose parts follow, nearest first', () => {
    expect(types(recorded('init-raises'))).toEqual(['ValueError', 'FileNotFoundError']);
    expect(cause(recorded('init-raises'))).toEqual([
      'ValueError',
      'no model named iris\nsecond line: x',
      'service.py',
      8,
    ]);
    expect(types(recorded('missing-model'))).toEqual([
      'bentoml.exceptions.NotFound',
      'bentoml.exceptions.NotFound',
      'FileNotFoundError',
    ]);
  });

  it('is the user’s own exception behind the one of a library that wraps it', () => {
    const wrapped = `${traceback}\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File "/usr/lib/python3/site-packages/bentoml/loader.py", line 3, in load\n    raise\nbentoml.exceptions.ImportServiceError: cannot import\n`;
    expect(types(wrapped)).toEqual(['bentoml.exceptions.ImportServiceError', 'ValueError']);
    expect(cause(wrapped)).toContain('ValueError');
  });

  it('of a group is its first exception', () => {
    expect(types(recorded('exception-group'))).toEqual(['ExceptionGroup', 'KeyError', 'KeyError']);
    expect(cause(recorded('exception-group'))).toEqual(['KeyError', "'weights'", 'service.py', 4]);
  });

  it('of a group in a group, without tracebacks of their own, is the first one', () => {
    const nested = [
      '  + Exception Group Traceback (most recent call last):',
      '  |   File "/home/me/fraud/service.py", line 1, in <module>',
      '  | ExceptionGroup: many (2 sub-exceptions)',
      '  +-+---------------- 1 ----------------',
      '    | ExceptionGroup: n (1 sub-exception)',
      '    +-+---------------- 1 ----------------',
      '      | ValueError: v',
      '      +------------------------------------',
      '    +---------------- 2 ----------------',
      '    | TypeError: b',
      '    +------------------------------------',
    ].join('\n');
    expect(types(nested)).toEqual(['ExceptionGroup', 'ExceptionGroup', 'ValueError', 'TypeError']);
    expect(cause(nested)).toEqual(['ValueError', 'v', 'service.py', 1]);
  });

  it('of a group that was being handled is the exception after it', () => {
    const later = `${recorded('exception-group').split('\n2026')[1] ?? ''}\nDuring handling of the above exception, another exception occurred:\n\n${traceback}`;
    expect(types(later)[0]).toBe('ValueError');
  });

  it('of a file that cannot be parsed is the line that cannot', () => {
    expect(cause(recorded('syntax-error'))).toEqual([
      'SyntaxError',
      "'(' was never closed",
      'broken.py',
      1,
    ]);
    const alone =
      '  File "/home/me/fraud/broken.py", line 7\n    x = (1\n        ^\nSyntaxError: \'(\' was never closed';
    expect(cause(alone)).toEqual(['SyntaxError', "'(' was never closed", 'broken.py', 7]);
  });

  it('may have a message that begins with empty lines', () => {
    const [raised] = lastTraceback(
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: \n\n\n   Could not load:\n  - weights.bin\n\nbye\n',
    );
    expect(raised?.message).toBe('Could not load:\n  - weights.bin');
  });

  it('may have no message', () => {
    const interrupted = traceback.replace(/ValueError: .*/, 'KeyboardInterrupt');
    expect(cause(interrupted)).toEqual(['KeyboardInterrupt', '', 'service.py', 12]);
  });

  it('may be of a local class, and after lines that Python left out', () => {
    const recursion = traceback.replace(
      /ValueError: .*/,
      '  [Previous line repeated 970 more times]\n__main__.f.<locals>.Deep: down',
    );
    expect(cause(recursion)).toEqual(['__main__.f.<locals>.Deep', 'down', 'service.py', 12]);
  });

  it('has no place when all of it is in libraries', () => {
    expect(cause(traceback.replace('/home/me/fraud/', '/opt/'))).toEqual([
      'ValueError',
      'no model named iris',
      undefined,
      undefined,
    ]);
  });

  it.each(['0', '99999999999999999999'])('has no place in line %s, which no file has', (line) => {
    const [raised] = lastTraceback(traceback.replaceAll(/line \d+/g, `line ${line}`));
    expect(raised).toMatchObject({ type: 'ValueError', frames: [] });
  });

  it('is bounded in each line', () => {
    const [raised] = lastTraceback(`${traceback.trimEnd()}${'x'.repeat(100_000)}\n`);
    expect(raised?.message.length).toBeLessThan(6000);
  });

  it('is no request that failed and was answered', () => {
    expect(lastTraceback(recorded('request-error-then-exit'))).toEqual([]);
  });

  it('is nothing a process went on from', () => {
    expect(lastTraceback(traceback + 'still here\n'.repeat(200))).toEqual([]);
    expect(lastTraceback(traceback + 'bye\n'.repeat(20))).toHaveLength(1);
  });

  it.each([
    '',
    'no traceback',
    'Traceback (most recent call last):\n  File "x',
    'Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n  File "/home/me/fraud/service.py", line 3 in f\n',
    'RuntimeWarning: Enable tracemalloc to get the object allocation traceback',
  ])('is not invented: %j', (output) => {
    expect(lastTraceback(output)).toEqual([]);
  });
});
