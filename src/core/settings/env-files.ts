import { parse } from 'dotenv';
import { ServeError } from '../problem';
import { readSmallFile, UnreadableFileError } from '../read-small-file';
import { shownText } from './shown-value';

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
    return await readSmallFile(path);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    const next = error.isAnotherThing ? nameAnother : 'Create it or correct the setting.';
    throw unusable(path, error.what, next, error);
  }
}

function unusable(path: string, what: string, next: string, cause?: unknown): ServeError {
  const message = `The file ${shownText(path, 500)} of the setting serveBento.envFile ${what}. ${next}`;
  return new ServeError({ code: 'settings', message }, { cause });
}
