import type { Localize } from '../../src/vscode/localize';

/** As `vscode.l10n` without a translation. */
export const english: Localize = { t: (message, ...args) => filled(message, args) };

/** A text with its arguments: by position, or one object by name. */
export function filled(message: string, args: readonly unknown[]): string {
  const [first] = args;
  const values = typeof first === 'object' ? first : args;
  return message.replace(/\{(\w+)\}/g, (_, name: string) =>
    String((values as Readonly<Record<string, unknown>>)[name]),
  );
}
