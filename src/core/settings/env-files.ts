import { ServeError } from '../problem';
import { readSmallFile, UnreadableFileError } from '../read-small-file';
import { parseDotenv } from './dotenv';
import { environmentValue } from './environment-value';
import { expandDotenv } from './expand-dotenv';
import { shownText } from './shown-value';
import { problemTexts, say, type Message } from '../messages/message';

/** Limits the length of all values in characters: a few lines could expand to more than the memory holds. */
const longestValues = 4 * 1024 * 1024;
const nameAnother = say('nameEnvFile');

/**
 * Reads the variables of dotenv files; later files override earlier ones. `${NAME}` is replaced by an earlier variable
 * with this name, or else by one of the environment.
 */
export async function readEnvFiles(
  paths: readonly string[],
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<Record<string, string>> {
  const variables = Object.create(null) as Record<string, string>;
  let room = longestValues;
  for (const path of paths) {
    const own = new Map<string, string | undefined>();
    // A name without a value hides what was there before it from the rest of its file.
    const lookup = (name: string): string | undefined =>
      own.has(name)
        ? (own.get(name) ?? '')
        : (variables[name] ?? environmentValue(environment, name, platform));
    for (const [name, text] of await readEnvFile(path)) {
      if (name === '__proto__') continue;
      const value = text === undefined ? text : expandDotenv(text, lookup, room);
      if (value === undefined && text !== undefined) throw tooLong(path, name);
      room -= value?.length ?? 0;
      own.set(name, value);
    }
    for (const [name, value] of own) if (value !== undefined) variables[name] = value;
  }
  return variables;
}

async function readEnvFile(path: string): Promise<ReturnType<typeof parseDotenv>> {
  const content = await read(path);
  if (content.includes(0)) throw unusable(path, say('fileNotText'), nameAnother);
  return parseDotenv(new TextDecoder().decode(content));
}

const tooLong = (path: string, name: string): ServeError =>
  unusable(path, say('fileValuesTooLong', { name: shownText(name) }), say('shortenValues'));

async function read(path: string): Promise<Buffer> {
  try {
    return await readSmallFile(path);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    const next = error.kind === 'anotherThing' ? nameAnother : say('createEnvFile');
    throw unusable(path, error.what, next, error);
  }
}

function unusable(path: string, what: Message, next: Message, cause?: unknown): ServeError {
  const file = shownText(path, 500);
  const texts = problemTexts(
    say('envFileUnusable', { file, what, next }),
    say('envFileUnusableSummary', { file, what }),
  );
  return new ServeError({ code: 'settings', setting: 'serveBento.envFile', ...texts }, { cause });
}
