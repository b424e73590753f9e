import { expect, it } from 'vitest';
import { stacksText, type StacksWords } from '../../../src/core/profile/stacks-text';
import type { ThreadStack } from '../../../src/core/profile/read-stacks';

const words: StacksWords = {
  title: 'Stacks',
  worker: ({ worker }) => `Worker ${worker.pid}`,
  thread: (ids, isMain) => `${isMain ? 'Main' : 'Thread'} ${ids.join(' ')}`,
  problem: ({ problem }) => problem?.message,
};

const worker = { component: 'http', componentName: 'Search', process: 'http#1', pid: 7 };

const idle = (id: string): ThreadStack => ({
  id,
  isMain: false,
  frames: [{ file: '/lib/queue.py', line: 5, name: 'get' }],
});

it('shows the main thread first, equal stacks once, and links to the lines of files', () => {
  const main: ThreadStack = {
    id: '0x9',
    isMain: true,
    frames: [
      { file: '/a b.py', line: 3, name: 'f' },
      { file: '<string>', line: 1, name: 'g' },
      { file: '/native', name: 'h' },
    ],
  };
  const dump = { worker, threads: [idle('0x2'), idle('0x1'), main] };
  const { text, links } = stacksText([dump], words);
  expect(text.split('\n')).toEqual([
    ...['Stacks', '', 'Worker 7', '', 'Main 0x9', '  f (/a b.py:3)', '  g (<string>:1)'],
    ...['  h (/native)', '', 'Thread 0x1 0x2', '  get (/lib/queue.py:5)', ''],
  ]);
  expect(links).toEqual([
    { row: 5, begin: 5, end: 14, file: '/a b.py', line: 3 },
    { row: 10, begin: 7, end: 22, file: '/lib/queue.py', line: 5 },
  ]);
});

it('says of each worker why it has no stacks', () => {
  const problem = { code: 'stacks' as const, message: 'It did not write them.' };
  const { text } = stacksText([{ worker, threads: [], problem }], words);
  expect(text).toBe('Stacks\n\nWorker 7\nIt did not write them.\n');
});

it('keeps each call on one line, whatever its file is called', () => {
  const frames = [{ file: '/a\nb\u202e.py', line: 1, name: 'f\r' }];
  const { text } = stacksText([{ worker, threads: [{ id: '0x1', isMain: true, frames }] }], words);
  expect(text.split('\n')).toHaveLength(7);
  expect(text).not.toContain('\u202e');
});
