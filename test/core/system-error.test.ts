import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HelperRefusal } from '../../src/core/target/local/helper/helper-connection';
import { problemOf } from '../../src/core/problem';
import { systemCodes } from '../../src/core/system-error';

const asNode = (code: string, file?: string): Error =>
  Object.assign(new Error(`${code}: said by Node, open '${file ?? ''}'`), {
    code,
    errno: -1,
    syscall: 'open',
    ...(file === undefined ? {} : { path: file }),
  });

describe('a condition of the system', () => {
  it.each([...systemCodes, 'EUNHEARDOF'])('is never called unexpected: %s', (code) => {
    for (const error of [
      asNode(code, '/tmp/run'),
      asNode(code),
      new HelperRefusal(code, `[Errno 1] Something in English: '/tmp/run'`),
      new HelperRefusal(code, 'the helper says it in other words'),
    ]) {
      const { message } = problemOf(error);
      expect(message).not.toMatch(/unexpected|undefined|\bErrno\b/);
      // What, why, and the next step.
      expect(message).toMatch(/^[/\w(][^:]*: .+\. .+\.$/);
    }
    expect(problemOf(asNode(code, '/tmp/run')).message).toContain('/tmp/run');
  });

  it('names the path that the helper names', () => {
    const refusal = new HelperRefusal(
      'ENOSPC',
      "[Errno 28] No space left on device: '/tmp/a b/s/0'",
    );
    expect(problemOf(refusal).message).toBe(
      '/tmp/a b/s/0 cannot be used: there is no space left. Free some space and try again.',
    );
  });

  it('is what Node throws', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'system-error-'));
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    for (const gone of [path.join(folder, 'none'), path.join(file, 'below')]) {
      const error: unknown = await readFile(gone).catch((thrown: unknown) => thrown);
      expect(problemOf(error).message).toContain(`${gone} cannot be used: `);
    }
    await rm(folder, { recursive: true });
  });

  it('has the error of the system in its detail', () => {
    expect(problemOf(asNode('EIO', '/x')).detail).toContain('EIO: said by Node');
  });
});

it('is not made of other errors', () => {
  for (const code of ['ERR_INVALID_ARG_TYPE', 'E', 'TypeError', 7]) {
    expect(problemOf(Object.assign(new Error('no'), { code })).message).toContain('unexpected');
  }
});
