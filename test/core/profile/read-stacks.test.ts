import { expect, it } from 'vitest';
import { isComplete, readStacks } from '../../../src/core/profile/read-stacks';

const written = `main 140212880100224 <module> /bentos/caf\\xe9 \\u4f60/worker.py
Thread 0x00007f85d90276c0 (most recent call first):
  File "/a/queue.py", line 12 in get
  File "<frozen runpy>", line 88 in _run_code

Current thread 0x00007f85dae94b80 (most recent call first):
  File "/bentos/caf\\xe9 \\u4f60/say "hi", line 3 in x.py", line 18 in <module>
  File "???", line ??? in ???
`;

it('reads what faulthandler writes, the innermost call first', () => {
  expect(readStacks(written)).toEqual([
    {
      id: '0x7f85d90276c0',
      isMain: false,
      frames: [
        { file: '/a/queue.py', line: 12, name: 'get' },
        { file: '<frozen runpy>', line: 88, name: '_run_code' },
      ],
    },
    {
      id: '0x7f85dae94b80',
      isMain: true,
      frames: [
        { file: '/bentos/café 你/say "hi", line 3 in x.py', line: 18, name: '<module>' },
        { file: '???', name: '???' },
      ],
    },
  ]);
});

const complete = written
  .replace('"???", line ???', String.raw`"/bentos/caf\xe9 \u4f60/worker.py", line 83`)
  .replace('in ???', 'in <module>');

it.each([
  ['all of it', complete, true],
  ['a part of the last line', complete.slice(0, -1), false],
  ['another call of the main thread', written, false],
  ['another thread', written.slice(0, written.indexOf('\nCurrent')), false],
  [
    'nothing of the main thread',
    `${written.slice(0, written.indexOf('(most recent', 300))}\n`,
    false,
  ],
  ['too many calls of the main thread', `${written}  ...\n`, true],
  [
    'too many calls of another thread',
    `${written.slice(0, written.indexOf('\nCurrent'))}  ...\n`,
    false,
  ],
  ['too many threads', `${written}...\n`, true],
  ['nothing', 'main 1 <module> /worker.py\n', false],
])('knows whether it is complete: %s', (_, text, expected) => {
  expect(isComplete(text)).toBe(expected);
});

it('reads the names of threads that Python 3.14 adds', () => {
  const [thread] = readStacks(
    'Thread 0x01 [worker-1] (most recent call first):\n  File "/a.py", line 1 in f\n',
  );
  expect(thread).toMatchObject({ id: '0x1', frames: [{ file: '/a.py' }] });
});

it.each([
  '',
  'main x\n',
  '  File "/a.py", line 1 in f\n',
  'Thread 0xzz (most recent call first):\n',
])('finds no thread in %j', (text) => {
  expect(readStacks(text)).toEqual([]);
});
