import { oneLine } from '../one-line';
import { ServeError } from '../problem';
import type { ExportedSet } from './exported-set';
import { problemTexts, say } from '../messages/message';

/** What a format cannot hold in a value, and how people call it. */
export interface Forbidden {
  readonly pattern: RegExp;
  readonly what: string;
}

/** No program gets it in an argument or a variable. */
const nul: Forbidden = { pattern: /\0/, what: 'a zero byte' };

/** A terminal obeys these when they are pasted, even between quotes; tabs and line breaks of a quoted text it keeps. */
export const terminalControls: Forbidden = {
  pattern: /[^\P{Cc}\t\n]|\p{Bidi_Control}/u,
  what: 'a control character',
};

/** Everything that honcho (Python's `splitlines`) and others take for the end of a line. */
export const lineBreaks: Forbidden = {
  pattern: /[\n-\r\x1c-\x1e\x85\u2028\u2029]/,
  what: 'a line break',
};

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Refuses what a format has no way to quote: written all the same, it would be another value, or a command of whoever
 * chose it.
 * @param format completes "… cannot be exported as …"
 * @throws ServeError `settings`
 */
export function assertExportable(
  set: ExportedSet,
  format: string,
  forbidden: readonly Forbidden[] = [],
): void {
  const refuse = (where: string, what: string): never => {
    throw new ServeError({
      code: 'settings',
      ...problemTexts(say('exportImpossible', { bento: oneLine(set.name), format, where, what })),
    });
  };
  for (const name of variablesOf(set)) {
    if (!variableName.test(name)) {
      refuse(
        `the variable ${JSON.stringify(oneLine(name))}`,
        'has a name that shells do not allow',
      );
    }
  }
  for (const [where, text] of textsOf(set)) {
    for (const { pattern, what } of [nul, ...forbidden]) {
      if (pattern.test(text)) refuse(where, `contains ${what}`);
    }
  }
}

function variablesOf({ env, fromOutside, unset, commands }: ExportedSet): readonly string[] {
  const own = [env, ...commands.map((command) => command.env)].flatMap(Object.keys);
  return [...own, ...fromOutside, ...unset];
}

function textsOf({ cwd, env, commands }: ExportedSet): readonly (readonly [string, string])[] {
  const variables = [env, ...commands.map((command) => command.env)]
    .flatMap((one) => Object.entries(one))
    .map(([name, value]) => [`the variable ${name}`, value] as const);
  return [
    ['its folder', cwd],
    ...variables,
    ...commands.flatMap(({ name, argv, ready }) => [
      ...argv.map((argument) => [`the command of ${name}`, argument] as const),
      ...(ready === undefined
        ? []
        : [[`the address of ${name}`, `${ready.host}${ready.path}`] as const]),
    ]),
  ];
}

/** A sentence that stays a comment: texts of settings are in it. */
export const comment = (sentence: string): string => `# ${oneLine(sentence, 1_000)}`;
