import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Log } from '../../../src/core/log';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { BentoEntry } from '../../../src/core/settings/serve-settings';

/** A real folder with these files, removed after the test. */
export async function temporaryFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'discovery-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) await write(join(folder, path), content);
  return folder;
}

export async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

export class ListLog implements Log {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}

export const entry = (bento: string, workingDir: string, name?: string): BentoEntry => ({
  bento,
  workingDir,
  settings: defaultSettings,
  profiles: {},
  ...(name === undefined ? {} : { name }),
});

export const classService = (name: string): string =>
  `import bentoml\n\n@bentoml.service\nclass ${name}:\n    pass\n`;

export const legacyService = (name: string, attribute = 'svc'): string =>
  `import bentoml\n${attribute} = bentoml.Service("${name}")\n`;
