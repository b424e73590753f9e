import { posix, win32 } from 'node:path';
import { bentoSettings } from './declarations/bento-settings';
import type { ProblemList, SettingPath } from './problem-list';
import type { Overrides } from './schema';
import { isField, type Field, type SettingTree } from './setting';
import type { Expanded } from './setting-values';
import type { SettingsContext } from './settings-context';
import { maxPathLength, maxTextLength } from './value-types';
import { expandVariables } from './variables';
import { say } from '../messages/message';

/** Overrides with their variables replaced and their paths absolute. */
export type ExpandedOverrides = Expanded<typeof bentoSettings>;

type Values = Readonly<Record<string, unknown>>;

/** Expands the variables in a folder's settings, in an entry of `bentos` or in a profile. */
export class OverridesExpander {
  readonly #context: SettingsContext;
  readonly #problems: ProblemList;

  constructor(context: SettingsContext, problems: ProblemList) {
    this.#context = context;
    this.#problems = problems;
  }

  expand(overrides: Overrides, at: SettingPath): ExpandedOverrides {
    return this.#tree(bentoSettings, overrides, at);
  }

  /** Gives an absolute path, resolved from the workspace folder; nothing if the value is empty or unusable. */
  path(value: string | undefined, at: SettingPath): string | undefined {
    return (value === undefined ? value : this.#path(value, at)) ?? undefined;
  }

  #tree(tree: SettingTree, values: Values, at: SettingPath): Values {
    const expanded: Record<string, unknown> = {};
    for (const [name, node] of Object.entries(tree)) {
      const value = values[name];
      if (value === undefined) continue;
      const here = [...at, name];
      const own = isField(node)
        ? this.#field(node, value, here)
        : this.#tree(node, value as Values, here);
      if (own !== undefined) expanded[name] = own;
    }
    return expanded;
  }

  #field({ type }: Field, value: unknown, at: SettingPath): unknown {
    switch (type.handling) {
      case 'plain':
      case 'entries':
        return value;
      case 'path':
        return this.#path(value as string, at);
      case 'command':
        return this.#command(value as string, at);
      case 'paths':
        return this.#paths(value as string | readonly string[], at);
      case 'variables':
        return this.#byName(value as Values, at, (text, here) =>
          text === null ? null : this.#text(text as string, here, 'environment', maxTextLength),
        );
      case 'objects':
        return this.#byName(value as Values, at, (object, here) =>
          this.#tree(type.fields ?? {}, object as Values, here),
        );
    }
  }

  /** `null` if the value is empty, `undefined` if it is unusable. */
  #path(value: string, at: SettingPath): string | null | undefined {
    const expanded = this.#text(value, at, 'path', maxPathLength);
    if (expanded === '') return null;
    return expanded === undefined ? undefined : this.#absolute(expanded);
  }

  /** A name without a separator is a command and stays as it is. */
  #command(value: string, at: SettingPath): string | null | undefined {
    const expanded = this.#text(value, at, 'path', maxPathLength);
    if (expanded === undefined) return undefined;
    if (expanded === '') return null;
    if (expanded.startsWith('-')) {
      this.#problems.addInvalid(at, value, say('rulePathNoDash'));
      return undefined;
    }
    const separator = this.#context.platform === 'win32' ? /[\\/]/ : /\//;
    return separator.test(expanded) ? this.#absolute(expanded) : expanded;
  }

  #paths(value: string | readonly string[], at: SettingPath): readonly string[] {
    if (typeof value === 'string') return [this.#path(value, at) ?? []].flat();
    return value.flatMap((item, index) => this.#path(item, [...at, index]) ?? []);
  }

  #byName(
    values: Values,
    at: SettingPath,
    expand: (value: unknown, at: SettingPath) => unknown,
  ): Values {
    const expanded = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries(values)) {
      const own = expand(value, [...at, name]);
      if (own !== undefined) expanded[name] = own;
    }
    return expanded;
  }

  #text(
    value: string,
    at: SettingPath,
    use: 'environment' | 'path',
    longest: number,
  ): string | undefined {
    const expansion = expandVariables(value, this.#context, use, longest);
    if (expansion.ok) return expansion.text;
    this.#problems.addUnusable(at, value, expansion.reason);
    return undefined;
  }

  #absolute(value: string): string {
    const { platform, workspaceFolder } = this.#context;
    return (platform === 'win32' ? win32 : posix).resolve(workspaceFolder, value);
  }
}
