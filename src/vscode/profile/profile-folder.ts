import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** The newest profiles are kept; the others are removed when another one is begun. */
const mostProfiles = 20;
/** Longest title in the name of a file, in UTF-16 units. */
const longestTitle = 60;

/** A file for a new profile in this folder, which is made. Its name begins with the title and ends with the time. */
export async function newProfileFile(folder: string, title: string, date: Date): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const profiles = (await readdir(folder))
    .map((file) => ({ file, time: timeIn(file) }))
    .filter(({ time }) => time !== '')
    .sort((a, b) => b.time.localeCompare(a.time));
  const old = profiles.slice(mostProfiles - 1);
  await Promise.all(old.map(({ file }) => rm(path.join(folder, file), { force: true })));
  const name = title.replaceAll(/[^\p{L}\p{N}_]+/gu, '-').slice(0, longestTitle);
  const time = date.toISOString().replaceAll(/[:.]/g, '-');
  return path.join(folder, `${name}_${time}.cpuprofile`);
}

const timeIn = (file: string): string =>
  /_(\d{4}-[\dT-]+Z)\.cpuprofile(?:\.partial)?$/.exec(file)?.[1] ?? '';
