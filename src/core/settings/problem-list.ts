import type { SettingItem, SettingProblem } from './serve-settings';
import { shownKind, shownText, shownValue } from './shown-value';

export type SettingPath = readonly (string | number)[];

/** Collects problems, at most one for each setting. */
export class ProblemList {
  readonly #byName = new Map<string, SettingProblem>();

  /** `allowed` completes "it must be …". */
  addInvalid(path: SettingPath, value: unknown, allowed: string, blocks = false): void {
    if (value === undefined) {
      this.add(path, `${settingName(path)} is missing: it must be ${allowed}.`);
    } else {
      this.addUnusable(path, value, `it must be ${allowed}`, blocks);
    }
  }

  addUnusable(path: SettingPath, value: unknown, reason: string, blocks = false): void {
    const shown = path.includes('env') ? shownKind(value) : shownValue(value);
    this.add(path, `${settingName(path)} is ${shown}, which is ignored: ${reason}.`, blocks);
  }

  add(path: SettingPath, message: string, blocks = false): void {
    const setting = settingName(path);
    if (this.#byName.has(setting)) return;
    const within = itemOf(path);
    this.#byName.set(setting, {
      setting,
      message,
      ...(within === undefined ? {} : { within }),
      ...(blocks ? { blocks } : {}),
    });
  }

  /** `positions` maps an index in the raw list `bentos` to the index of the entry read from it. */
  toArray(positions: ReadonlyMap<number, number>): readonly SettingProblem[] {
    return [...this.#byName.values()].map((problem) => {
      const { setting, message } = problem;
      const raw = /^serveBento\.bentos\[(\d+)\]/.exec(setting)?.[1];
      const entry = raw === undefined ? undefined : positions.get(Number(raw));
      return entry === undefined ? problem : { setting, message, entry };
    });
  }
}

const withItems = ['bentos', 'watch', 'profiles', 'runners'] as const;

function itemOf([first, second]: SettingPath): SettingItem | undefined {
  const setting = withItems.find((one) => one === first);
  if (setting === undefined) return undefined;
  return second === undefined ? { setting } : { setting, name: String(second) };
}

export function settingName(path: SettingPath): string {
  const parts = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^[A-Za-z_][\w.-]{0,99}$/.test(part) ? `.${part}` : `[${shownText(part)}]`;
  });
  return `serveBento${parts.join('')}`;
}
