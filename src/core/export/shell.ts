import { assertExportable, comment, terminalControls } from './assert-exportable';
import type { ExportedCommand, ExportedSet } from './exported-set';
import { textOf } from '../messages/message';

/** One argument of a POSIX shell. */
export const quoted = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** For one shell: all commands at once, ended together by Ctrl-C. @throws ServeError what no shell takes as it is. */
export function shellCommands(set: ExportedSet): string {
  assertExportable(set, 'shell commands', [terminalControls]);
  const { name, bentomlVersion, cwd, env, fromOutside, unset, commands, leftOut } = set;
  const said = [
    `${name} with BentoML ${bentomlVersion}; Ctrl-C ends all of it.`,
    ...leftOut.map((one) => textOf(one)),
  ];
  return [
    ...said.map(comment),
    '(',
    ...fromOutside.map((variable) => `: "\${${variable}:?has to be set}"`),
    ...(fromOutside.length === 0 ? [] : [`export ${fromOutside.join(' ')}`]),
    ...(unset.length === 0 ? [] : [`unset ${unset.join(' ')}`]),
    ...Object.entries(env).map(([variable, value]) => `export ${assigned(variable, value)}`),
    `cd ${quoted(cwd)} || exit`,
    `trap 'trap - TERM; kill 0' EXIT INT TERM`,
    ...commands.map((command) => `${shellCommand(command)} &`),
    'wait',
    ')',
    '',
  ].join('\n');
}

/** One command with its own variables. */
export function shellCommand({ env, argv }: Pick<ExportedCommand, 'env' | 'argv'>): string {
  const variables = Object.entries(env).map(([name, value]) => assigned(name, value));
  return [...variables, ...argv.map(quoted)].join(' ');
}

const assigned = (name: string, value: string): string => `${name}=${quoted(value)}`;
