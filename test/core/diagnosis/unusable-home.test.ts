import { expect, it } from 'vitest';
import { unusableHome } from '../../../src/core/diagnosis/unusable-home';
import { textOf, type Message } from '../../../src/core/messages/message';

const home = '/data/bentoml';
const raised = (message: string) => ({ type: 'OSError', message, frames: [] });
const said = (found: Message | undefined) => found && textOf(found);

it.runIf(process.platform === 'linux').each([
  ["[Errno 13] Permission denied: '/data/bentoml'", 'this user has no permission'],
  [
    "[Errno 30] Read-only file system: '/data/bentoml/models'",
    'its file system is read-only (/data',
  ],
  ["[Errno 28] No space left on device: '/data/bentoml/bentos/x'", 'there is no space left'],
  ["[Errno 13] Permission denied: '/data/bentoml/..cache'", 'this user has no permission (/data'],
  ["[Errno 13] Permission denied: '/data'", 'this user has no permission (/data)'],
  ["[Errno 2] No such file or directory: '/data/bentoml'", 'it does not exist'],
  ['[Errno 20] /data/bentoml is not a directory', 'a part of its path is not a folder'],
])('is told with its setting: %s', (message, reason) => {
  expect(said(unusableHome(raised(message), home))).toContain(
    `cannot use its home ${home}, because ${reason}`,
  );
});

it.each([
  "[Errno 2] No such file or directory: '/data/bentoml/models/iris/weights'",
  "[Errno 13] Permission denied: '/srv/labels.txt'",
  "[Errno 28] No space left on device: '/database'",
  "[Errno 13] Permission denied: '/'",
  "it may not use '/data/bentoml'",
])('is not what else may be wrong: %s', (message) => {
  expect(unusableHome(raised(message), home)).toBeUndefined();
});

it.runIf(process.platform === 'linux')(
  'is told from the fields of the exception, whatever it says',
  () => {
    const facts = { errno: 13, file: `${home}/models` };
    expect(said(unusableHome({ ...raised('verboten'), facts }, home))).toContain(
      'has no permission',
    );
  },
);
