import { registeredSetting } from './registered-setting';
import type { SettingItem, SettingProblem } from './serve-settings';
import { shownKind, shownText, shownValue } from './shown-value';
import { problemTexts, say, type Argument, type Message } from '../messages/message';

export type SettingPath = readonly (string | number)[];

interface Marks {
  /** See `SettingProblem`. */
  readonly blocks?: boolean;
  readonly summary?: Message;
}

/** Collects problems, at most one for each setting. */
export class ProblemList {
  readonly #byName = new Map<string, SettingProblem>();
  /** The index in the raw list `bentos`, of the problems of its items. */
  readonly #entries = new Map<SettingProblem, number>();

  /** `allowed` completes "it must be …". */
  addInvalid(path: SettingPath, value: unknown, allowed: Message, marks?: Marks): void {
    if (value === undefined) {
      this.add(path, say('settingMissing', { setting: settingName(path), allowed }));
    } else {
      const facts = { setting: settingName(path), value: shownIn(path, value), allowed };
      this.add(path, say('settingInvalid', facts), marks);
    }
  }

  addUnusable(path: SettingPath, value: unknown, reason: Message, marks?: Marks): void {
    const facts = { setting: settingName(path), value: shownIn(path, value), reason };
    this.add(path, say('settingUnusable', facts), marks);
  }

  add(path: SettingPath, message: Message, { blocks = false, summary }: Marks = {}): void {
    const name = settingName(path);
    if (this.#byName.has(name)) return;
    const within = itemOf(path);
    const problem: SettingProblem = {
      name,
      setting: registeredSetting(path),
      ...problemTexts(message, summary),
      ...(within === undefined ? {} : { within }),
      ...(blocks ? { blocks } : {}),
    };
    this.#byName.set(name, problem);
    const [first, second] = path;
    if (first === 'bentos' && typeof second === 'number') this.#entries.set(problem, second);
  }

  /** `positions` maps an index in the raw list `bentos` to the index of the entry read from it. */
  toArray(positions: ReadonlyMap<number, number>): readonly SettingProblem[] {
    return [...this.#byName.values()].map((problem) => {
      const raw = this.#entries.get(problem);
      const entry = raw === undefined ? undefined : positions.get(raw);
      if (entry === undefined) return problem;
      const { within: _, ...rest } = problem;
      return { ...rest, entry };
    });
  }
}

const withItems = ['bentos', 'watch', 'profiles', 'runners'] as const;

function itemOf([first, second]: SettingPath): SettingItem | undefined {
  const setting = withItems.find((one) => one === first);
  if (setting === undefined) return undefined;
  return second === undefined ? { setting } : { setting, name: String(second) };
}

/** A value of the environment may be secret. */
const shownIn = (path: SettingPath, value: unknown): Argument =>
  path.includes('env') ? shownKind(value) : shownValue(value);

export function settingName(path: SettingPath): string {
  const parts = path.map((part) => {
    if (typeof part === 'number') return `[${part}]`;
    return /^[A-Za-z_][\w.-]{0,99}$/.test(part) ? `.${part}` : `[${shownText(part)}]`;
  });
  return `serveBento${parts.join('')}`;
}
