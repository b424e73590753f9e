import { readFile, stat } from 'node:fs/promises';
import { parse } from 'dotenv';
import { ServeError } from '../problem';
import { shownText } from './shown-value';

const largest = 1024 * 1024;
const nameAnother = 'Name a file of variables.';

/** The variables of dotenv files, later files winning. */
export async function readEnvFiles(paths: readonly string[]): Promise<Record<string, string>> {
  const variables = Object.create(null) as Record<string, string>;
  for (const path of paths) Object.assign(variables, await readEnvFile(path));
  return variables;
}

async function readEnvFile(path: string): Promise<Record<string, string>> {
  const content = await read(path);
  if (content.includes(0)) throw unusable(path, 'is not a text file', nameAnother);
  // The other parser is one regular expression: a megabyte of blank lines would take it hours.
  return parse(content, { fast: true });
}

async function read(path: string): Promise<Buffer> {
  try {
    const file = await stat(path);
    // A pipe or a device may never end.
    if (!file.isFile()) throw unusable(path, 'is not a file', nameAnother);
    if (file.size > largest) throw unusable(path, 'is larger than 1 MiB', nameAnother);
    return await readFile(path);
  } catch (error) {
    if (error instanceof ServeError) throw error;
    throw unusable(path, reasonOf(error), 'Create it or correct the setting.', error);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'must not be read by this user';
  return `cannot be read (${typeof code === 'string' ? code : String(error)})`;
}

function unusable(path: string, what: string, next: string, cause?: unknown): ServeError {
  const message = `The file ${shownText(path, 500)} of the setting serveBento.envFile ${what}. ${next}`;
  return new ServeError({ code: 'settings', message }, { cause });
}
