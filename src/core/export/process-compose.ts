import { stringify } from 'yaml';
import type { ExportedCommand, ExportedSet } from './exported-set';
import { shellCommand } from './shell';

/** Seconds between two looks at whether a process is ready. */
const period = 1;
/** So many of them may say no. */
const longestStart = 300;

/** For process-compose: what depends on others starts when they are ready. */
export function processCompose(set: ExportedSet): string {
  const { cwd, env, fromOutside, unset, commands, leftOut } = set;
  const notes =
    fromOutside.length === 0 ? [] : [`To be set, here or in .env: ${fromOutside.join(', ')}.`];
  const process = (command: ExportedCommand): object => ({
    command: shellCommand({
      env: {},
      argv: [
        ...(unset.length === 0 ? [] : ['env', ...unset.flatMap((name) => ['-u', name])]),
        ...command.argv,
      ].map(withoutVariables),
    }),
    working_dir: cwd,
    environment: Object.entries({ ...env, ...command.env }).map(
      ([name, value]) => `${name}=${withoutVariables(value)}`,
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
  const comments = [...leftOut, ...notes].map((sentence) => `# ${sentence}\n`);
  return comments.join('') + stringify(file, { lineWidth: 0 });
}

/** It takes `$NAME` for a variable of its own. */
const withoutVariables = (text: string): string => text.replaceAll('$', '$$$$');
