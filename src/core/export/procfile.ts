import { assertExportable, comment, lineBreaks } from './assert-exportable';
import type { ExportedSet } from './exported-set';
import { textOf } from '../messages/message';
import { quoted, shellCommand } from './shell';

/** For honcho, foreman and their like, which run each line with a shell. @throws ServeError what no line can hold. */
export function procfile(set: ExportedSet): string {
  assertExportable(set, 'a Procfile', [lineBreaks]);
  const { cwd, env, fromOutside, unset, commands, leftOut } = set;
  const removed = unset.flatMap((name) => ['-u', name]);
  const notes =
    fromOutside.length === 0 ? [] : [`To be set, here or in .env: ${fromOutside.join(', ')}.`];
  return [
    ...[...leftOut.map((one) => textOf(one)), ...notes].map(comment),
    ...commands.map((command) => {
      const all = shellCommand({
        env: {},
        argv: [
          'env',
          ...removed,
          ...Object.entries({ ...env, ...command.env }).map(([name, value]) => `${name}=${value}`),
          ...command.argv,
        ],
      });
      return `${command.name}: cd ${quoted(cwd)} && exec ${all}`;
    }),
    '',
  ].join('\n');
}
