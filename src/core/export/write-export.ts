import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ServeError } from '../problem';
import { readSmallFile, UnreadableFileError } from '../read-small-file';
import { problemTexts, say, type Message } from '../messages/message';

/**
 * The text of a file in a workspace folder; nothing where there is none. Neither it nor a folder on the way to it may
 * be a link: what it leads to was not meant by whoever exports.
 * @param file relative to the folder, with slashes
 * @throws ServeError `settings`
 */
export async function readExport(folder: string, file: string): Promise<string | undefined> {
  await assertNoLinks(folder, file);
  try {
    return (await readSmallFile(path.join(folder, file))).toString('utf8');
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.kind === 'missing') return undefined;
    throw notWritten(file, error.what, error);
  }
}

/** Writes it whole or not at all: under another name first, which then takes its place. @throws ServeError `settings` */
export async function writeExport(folder: string, file: string, text: string): Promise<void> {
  const target = path.join(folder, file);
  const own = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await assertNoLinks(folder, file);
    await writeFile(own, text, { flag: 'wx' });
    const present = await lstat(target).catch(() => undefined);
    if (present !== undefined) await chmod(own, present.mode & 0o777);
    await rename(own, target);
  } catch (error) {
    await rm(own, { force: true });
    if (error instanceof ServeError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw notWritten(file, say('fileUnwritable', { reason: code }), error);
  }
}

/** @throws ServeError `settings` */
export async function assertNoLinks(folder: string, file: string): Promise<void> {
  let place = folder;
  for (const part of file.split('/')) {
    place = path.join(place, part);
    const target = await readlink(place).catch(() => undefined);
    if (target !== undefined) throw notWritten(file, say('fileBehindLink', { target }));
  }
}

const notWritten = (file: string, why: Message, cause?: unknown): ServeError =>
  new ServeError(
    {
      code: 'settings',
      ...problemTexts(say('exportNotWritten', { file, why })),
    },
    { cause },
  );
