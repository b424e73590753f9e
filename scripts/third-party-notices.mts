import type { Metafile } from 'esbuild';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { packageFolders } from './audit/package-folders.mts';
import { projectRoot } from './cache.mts';

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The licences of the packages in the bundle, which ask to travel with their code. */
export async function thirdPartyNotices(metafile: Metafile): Promise<string> {
  const notices = await Promise.all([...packageFolders(metafile)].sort().map(notice));
  const head = 'Serve Bento contains the following packages.\n';
  return [head, ...new Set(notices)].join(`\n${'-'.repeat(80)}\n\n`);
}

async function notice(folder: string): Promise<string> {
  const at = path.join(projectRoot, folder);
  const read = (file: string) => readFile(path.join(at, file), 'utf8');
  const { name, version, license } = manifest.parse(JSON.parse(await read('package.json')));
  const file = (await readdir(at)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${(await read(file)).trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
