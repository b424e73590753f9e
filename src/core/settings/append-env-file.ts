import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ServeError } from '../problem';
import { problemTexts, say } from '../messages/message';

const appending =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  // Windows does not have this flag.
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/**
 * Appends a variable to a dotenv file, where it overrides earlier lines. A new file is readable only by its owner; a
 * symbolic link is not followed. @throws ServeError `settings`
 */
export async function appendEnvFile(path: string, name: string, value: string): Promise<void> {
  const line = `${name}=${quoted(value)}\n`;
  try {
    const file = await open(path, appending, 0o600);
    try {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      const isLineOpen = size > 0 && last.toString() !== '\n';
      await file.appendFile(isLineOpen ? `\n${line}` : line);
    } finally {
      await file.close();
    }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ServeError(
      {
        code: 'settings',
        ...problemTexts(say('envFileNotWritten', { name, file: path, why })),
      },
      { cause: error },
    );
  }
}

/** Quotes a value so that every reader of dotenv files reads exactly this value. */
function quoted(value: string): string {
  if (!/['\\\r\n]|\$\{/.test(value)) return `'${value}'`;
  if (!/["\\\r\n$`]/.test(value)) return `"${value}"`;
  throw new ServeError({
    code: 'settings',
    ...problemTexts(say('envFileValue')),
  });
}
