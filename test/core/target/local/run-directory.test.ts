import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isWhole,
  makeRunDirectory,
  mendRunDirectory,
  metricsDirectory,
  socketPath,
} from '../../../../src/core/target/local/run-directory';
import { quietLog } from '../../../support/quiet-log';

/** Only root may; elsewhere nothing but a full disk shows it. */
const canMount = process.platform === 'linux' && process.geteuid?.() === 0;

let folder: string;
let log: ReturnType<typeof quietLog>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'run-directory-test-'));
  log = quietLog();
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);

async function made(name: string, mode: number): Promise<string> {
  await mkdir(at(name));
  await chmod(at(name), mode);
  return at(name);
}

describe.runIf(process.platform !== 'win32')('a run directory', () => {
  it('is in the runtime directory where there is one, and private', async () => {
    const runtime = await made('runtime', 0o700);
    const directory = await makeRunDirectory({ XDG_RUNTIME_DIR: runtime, TMPDIR: folder }, log);
    expect(path.dirname(directory)).toBe(runtime);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await isWhole(directory)).toBe(true);
    expect(log.lines).toEqual([]);
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    [
      'missing',
      () => at('missing'),
      /missing \(XDG_RUNTIME_DIR\) cannot be used: it does not exist/,
    ],
    ['open to others', () => made('open', 0o755), /it is not a private folder of this user/],
    ['a file', () => writeFile(at('file'), '').then(() => at('file')), /not a private folder/],
    ['a file above', () => writeFile(at('file'), '').then(() => at('file/x')), /is not a folder/],
  ])(
    'is elsewhere when the runtime directory is %s, and the log says why',
    async (_, make, why) => {
      const temporary = await made('temporary', 0o700);
      const env = { XDG_RUNTIME_DIR: await make(), TMPDIR: temporary };
      expect(path.dirname(await makeRunDirectory(env, log))).toBe(temporary);
      expect(log.lines.join('\n')).toMatch(why);
      expect(log.lines.join('\n')).toContain(`${temporary} is used instead`);
    },
  );

  it('follows a runtime directory that is a link', async () => {
    await symlink(await made('runtime', 0o700), at('link'));
    const directory = await makeRunDirectory({ XDG_RUNTIME_DIR: at('link') }, log);
    expect(path.dirname(directory)).toBe(at('link'));
  });

  it('falls back to /tmp when TMPDIR is wrong, as Python does', async () => {
    const directory = await makeRunDirectory({ TMPDIR: at('missing') }, log);
    expect(path.dirname(directory)).toBe('/tmp');
    expect(log.lines.join('\n')).toContain('missing (TMPDIR) cannot be used: it does not exist');
    await rm(directory, { recursive: true });
  });

  it.each([
    ['does not exist', () => at('missing'), 'it does not exist'],
    // Nobody can write there, not even root.
    ['takes no folders', () => '/proc', 'it does not exist'],
  ])('cannot be when every folder for it %s: each is named', async (_, base, reason) => {
    const bases = [{ folder: base(), variable: 'TMPDIR' }, { folder: at('other') }];
    const making = makeRunDirectory({}, log, bases);
    await expect(making).rejects.toMatchObject({ code: 'crashed' });
    const message = await making.catch((error: unknown) => String(error));
    expect(message).toContain(`${base()} (TMPDIR) cannot be used: ${reason}`);
    expect(message).toContain('other cannot be used: it does not exist');
    expect(message).toContain('set TMPDIR');
  });

  it('is mended when a cleaner has removed parts of it, or all', async () => {
    const directory = await makeRunDirectory({ TMPDIR: folder }, log);
    for (const gone of [metricsDirectory(directory, 0), path.join(directory, 'i'), directory]) {
      await rm(gone, { recursive: true });
      expect(await isWhole(directory)).toBe(false);
      await mendRunDirectory(directory, []);
      expect(await isWhole(directory)).toBe(true);
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
    }
  });

  it('cannot be mended when a socket is lost, or its folder is gone', async () => {
    const base = await made('base', 0o700);
    const directory = await makeRunDirectory({ TMPDIR: base }, log);
    const socket = socketPath(directory, 1);
    await writeFile(socket, '');
    await mendRunDirectory(directory, [socket]);
    await rm(socket);
    await expect(mendRunDirectory(directory, [socket])).rejects.toThrow(
      `The private sockets in ${directory} are lost: another program has removed them. Restart the bento.`,
    );
    await rm(base, { recursive: true });
    await expect(mendRunDirectory(directory, [])).rejects.toThrow(
      `${directory} cannot be used for sockets and metrics: it does not exist.`,
    );
  });

  it.runIf(canMount)('is not on a file system that is full', async () => {
    const full = await made('full', 0o700);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', full]);
    try {
      const bases = [{ folder: full, variable: 'XDG_RUNTIME_DIR' }];
      await expect(makeRunDirectory({}, log, bases)).rejects.toThrow(
        `${full} (XDG_RUNTIME_DIR) cannot be used: there is no space left`,
      );
      expect(await readdir(full)).toEqual([]);
      expect(
        path.dirname(await makeRunDirectory({ XDG_RUNTIME_DIR: full, TMPDIR: folder }, log)),
      ).toBe(folder);
    } finally {
      execFileSync('umount', [full]);
    }
  });
});
