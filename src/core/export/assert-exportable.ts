import { oneLine } from '../one-line';
import { ServeError } from '../problem';
import type { ExportedSet } from './exported-set';
import { problemTexts, say, type Argument, type Message } from '../messages/message';

/** What a format cannot hold in a value, and how people call it. */
export interface Forbidden {
  readonly pattern: RegExp;
  readonly what: Argument;
}

/** No program gets it in an argument or a variable. */
const nul: Forbidden = { pattern: /\0/, what: say('zeroByte') };

/** A terminal obeys these when they are pasted, even between quotes; tabs and line breaks of a quoted text it keeps. */
export const terminalControls: Forbidden = {
  pattern: /[^\P{Cc}\t\n]|\p{Bidi_Control}/u,
  what: say('controlCharacter'),
};

/** Everything that honcho (Python's `splitlines`) and others take for the end of a line. */
export const lineBreaks: Forbidden = {
  pattern: /[\n-\r\x1c-\x1e\x85\u2028\u2029]/,
  what: say('lineBreak'),
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
  const refuse = (where: Message, what: Message): never => {
    throw new ServeError({
      code: 'settings',
      ...problemTexts(say('exportImpossible', { bento: oneLine(set.name), format, where, what })),
    });
  };
  for (const name of variablesOf(set)) {
    if (!variableName.test(name)) {
      const shown = JSON.stringify(oneLine(name));
      refuse(say('exportedVariable', { name: shown }), say('notAShellName'));
    }
  }
  for (const [where, text] of textsOf(set)) {
    for (const { pattern, what } of [nul, ...forbidden]) {
      if (pattern.test(text)) refuse(where, say('containsForbidden', { what }));
    }
  }
}

function variablesOf({ env, fromOutside, unset, commands }: ExportedSet): readonly string[] {
  const own = [env, ...commands.map((command) => command.env)].flatMap(Object.keys);
  return [...own, ...fromOutside, ...unset];
}

function textsOf({ cwd, env, commands }: ExportedSet): readonly (readonly [Message, string])[] {
  const variables = [env, ...commands.map((command) => command.env)]
    .flatMap((one) => Object.entries(one))
    .map(([name, value]) => [say('exportedVariable', { name }), value] as const);
  return [
    [say('exportedFolder'), cwd],
    ...variables,
    ...commands.flatMap(({ name, argv, ready }) => [
      ...argv.map((argument) => [say('exportedCommand', { name }), argument] as const),
      ...(ready === undefined
        ? []
        : [[say('exportedAddress', { name }), `${ready.host}${ready.path}`] as const]),
    ]),
  ];
}

/** A sentence that stays a comment: texts of settings are in it. */
export const comment = (sentence: string): string => `# ${oneLine(sentence, 1_000)}`;
