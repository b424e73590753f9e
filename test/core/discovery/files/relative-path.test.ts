import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { isWithin, posixRelative } from '../../../../src/core/discovery/files/relative-path';

test.each([
  ['C:\\w', 'C:\\w\\fraud\\service.py', 'fraud/service.py', win32],
  ['c:\\w', 'C:\\w\\a.py', 'a.py', win32],
  ['/w', '/w/a\\b/c.py', 'a\\b/c.py', posix],
  ['/w', '/v/c.py', '../v/c.py', posix],
])('%s, %s: %s', (folder, path, expected, rules) => {
  expect(posixRelative(folder, path, rules)).toBe(expected);
});

test.each([
  ['/w', '/w', true, posix],
  ['/w', '/w/..a/b', true, posix],
  ['/w', '/wa', false, posix],
  ['/w/a', '/w', false, posix],
  ['C:\\w', 'C:\\w\\a', true, win32],
  ['C:\\w', 'D:\\w\\a', false, win32],
])('%s within %s: %s', (root, path, expected, rules) => {
  expect(isWithin(root, path, rules)).toBe(expected);
});
