import { applyEdits, modify, parse, type FormattingOptions, type ParseError } from 'jsonc-parser';
import { ServeError } from '../problem';
import { oneLine } from '../one-line';
import { assertExportable, type Forbidden } from './assert-exportable';
import type { ExportedSet } from './exported-set';
import { problemTexts, say } from '../messages/message';

/** VS Code fills in `${command:…}`, `${input:…}` and others, and has no way to escape them. */
const variables: Forbidden = { pattern: /\$\{/, what: say('beginsVariable', { sign: '${' }) };

const formatting: FormattingOptions = { insertSpaces: true, tabSize: 2 };

/**
 * `tasks.json` with a task for each command and one that starts them all; what else is in it stays as it is, comments
 * too. @throws ServeError when the present one cannot be read, and what tasks cannot hold.
 */
export function tasksJson(set: ExportedSet, present: string | undefined): string {
  assertExportable(set, 'tasks.json', [variables]);
  const text = present === undefined || present.trim() === '' ? '{ "version": "2.0.0" }' : present;
  const errors: ParseError[] = [];
  const file: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || typeof file !== 'object' || file === null) {
    throw new ServeError({
      code: 'settings',
      ...problemTexts(say('exportTasksUnreadable')),
    });
  }
  const own = tasks(set);
  const before: unknown = (file as { tasks?: unknown }).tasks;
  const labels = Array.isArray(before) ? before.map(labelOf) : [];
  let result = text;
  for (const task of own) {
    const at = labels.indexOf(task.label);
    const index = at === -1 ? labels.push(task.label) - 1 : at;
    const options = { formattingOptions: formatting, isArrayInsertion: at === -1 };
    const path = Array.isArray(before) || index > 0 ? ['tasks', index] : ['tasks'];
    const value = path.length === 1 ? [task] : task;
    result = applyEdits(
      result,
      modify(result, path, value, path.length === 1 ? { formattingOptions: formatting } : options),
    );
  }
  return result;
}

interface ExportedTask {
  readonly label: string;
}

function tasks(set: ExportedSet): readonly ExportedTask[] {
  const { name, cwd, env, fromOutside, unset, commands } = set;
  const outside = Object.fromEntries(
    fromOutside.map((variable) => [variable, `\${env:${variable}}`] as const),
  );
  // Their `env` cannot take a variable away.
  const without = unset.length === 0 ? [] : ['env', ...unset.flatMap((one) => ['-u', one])];
  const title = (command: string): string => `${oneLine(name).replaceAll('${', '$ {')}: ${command}`;
  const each = commands.map((own) => {
    const [command, ...args] = [...without, ...own.argv];
    const options = { cwd, env: { ...outside, ...env, ...own.env } };
    const label = title(own.name);
    return {
      label,
      type: 'process',
      command,
      args,
      options,
      isBackground: true,
      problemMatcher: [],
    };
  });
  const dependsOn = each.map(({ label }) => label);
  return [...each, { label: title('all'), dependsOn, problemMatcher: [] } as ExportedTask];
}

const labelOf = (task: unknown): unknown =>
  typeof task === 'object' && task !== null ? (task as { label?: unknown }).label : undefined;
