import { stringify } from 'yaml';
import { assertExportable, comment, type Forbidden } from './assert-exportable';
import type { ExportedCommand, ExportedSet } from './exported-set';
import { textOf } from '../messages/message';
import { shellCommand } from './shell';
import { say } from '../messages/message';

/** Seconds between two looks at whether a process is ready. */
const period = 1;
/** So many of them may say no. */
const longestStart = 300;

/** It fills in templates of Go in some fields, and has no way to escape them that holds for all. */
const templates: Forbidden = { pattern: /\{\{/, what: say('beginsTemplate', { sign: '{{' }) };

/** For process-compose: what depends on others starts when they are ready. @throws ServeError what it cannot hold. */
export function processCompose(set: ExportedSet): string {
  assertExportable(set, 'process-compose.yaml', [templates]);
  const { cwd, env, fromOutside, unset, commands, leftOut } = set;
  const notes =
    fromOutside.length === 0 ? [] : [`To be set, here or in .env: ${fromOutside.join(', ')}.`];
  const process = (command: ExportedCommand): object => ({
    command: shellCommand({
      env: {},
      argv: [
        ...(unset.length === 0 ? [] : ['env', ...unset.flatMap((name) => ['-u', name])]),
        ...command.argv,
      ],
    }),
    working_dir: cwd,
    environment: Object.entries({ ...env, ...command.env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    ...(command.dependsOn.length === 0
      ? {}
      : {
          depends_on: Object.fromEntries(
            command.dependsOn.map((name) => [name, { condition: 'process_healthy' }]),
          ),
        }),
    ...(command.ready === undefined
      ? {}
      : {
          readiness_probe: {
            http_get: { ...command.ready, port: String(command.ready.port) },
            period_seconds: period,
            failure_threshold: longestStart,
          },
        }),
  });
  const file = {
    version: '0.5',
    processes: Object.fromEntries(commands.map((command) => [command.name, process(command)])),
  };
  const comments = [...leftOut.map((one) => textOf(one)), ...notes].map(
    (sentence) => `${comment(sentence)}\n`,
  );
  return withoutVariables(comments.join('') + stringify(file, { lineWidth: 0 }));
}

/** It takes `$NAME` for a variable of its own, anywhere in the file and before it reads it as YAML. */
const withoutVariables = (text: string): string => text.replaceAll('$', '$$$$');
