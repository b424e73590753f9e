import type * as z from 'zod';
import { isPlainObject } from './plain-copy';
import { settingName, type ProblemList, type SettingPath } from './problem-list';
import { otherRule, ruleIn } from './value-rule';
import { say } from '../messages/message';

type Issue = z.core.$ZodIssue;

/**
 * Reads the valid parts of a value: each invalid part is reported once and removed, until the rest is valid. Gives
 * nothing if a required part is missing. It changes the value, so pass a copy.
 */
export function lenientRead<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: SettingPath,
  problems: ProblemList,
): z.output<Schema> | undefined {
  for (;;) {
    const result = schema.safeParse(value, { error: otherRule });
    if (result.success) return result.data;
    let cut = 0;
    const paths = result.error.issues.flatMap((issue) => report(issue, value, at, problems));
    // Backwards, because removing an item of a list moves the later ones.
    for (const path of paths.reverse()) if (remove(value, path)) cut += 1;
    if (cut === 0) return undefined;
  }
}

/** Reports one issue. Gives the paths of the parts to remove. */
function report(
  issue: Issue,
  value: unknown,
  at: SettingPath,
  problems: ProblemList,
): SettingPath[] {
  const path = issue.path as SettingPath;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const unknown = [...at, ...path, key];
      const setting = settingName(unknown);
      const summary = say('settingUnknownSummary', { setting });
      problems.add(unknown, say('settingUnknown', { setting, known: issue.message }), { summary });
      return [...path, key];
    });
  }
  const full = [...at, ...path];
  if (issue.code === 'invalid_key') {
    problems.add(full, say('settingName', { setting: settingName(full) }));
  } else {
    const blocks = issue.code === 'custom' && issue.params?.['blocks'] === true;
    problems.addInvalid(full, valueAt(value, path), ruleIn(issue.message), { blocks });
  }
  return [path];
}

function valueAt(value: unknown, path: SettingPath): unknown {
  let current = value;
  for (const part of path) {
    if (!isPlainObject(current) && !Array.isArray(current)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

function remove(value: unknown, path: SettingPath): boolean {
  const last = path.at(-1);
  const parent = valueAt(value, path.slice(0, -1));
  if (Array.isArray(parent) && typeof last === 'number') return parent.splice(last, 1).length > 0;
  if (last === undefined || !isPlainObject(parent) || !(last in parent)) return false;
  return Reflect.deleteProperty(parent, last);
}
