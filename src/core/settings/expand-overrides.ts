import { posix, win32 } from 'node:path';
import { maxPathLength, maxTextLength } from './field-kinds';
import type { ProblemList, SettingPath } from './problem-list';
import type { Overrides } from './schema';
import type { SettingsContext } from './settings-context';
import { expandVariables } from './variables';

/** In an entry of `bentos`, `null` takes back what the folder says. */
type ExpandedServer<Server> = Omit<NonNullable<Server>, 'tls'> & {
  readonly tls?: Readonly<Record<string, string | null>>;
};

/** Overrides with their variables replaced and their paths absolute; still everything may be absent. */
export interface ExpandedOverrides extends Omit<
  Overrides,
  'pythonPath' | 'envFile' | 'env' | 'http' | 'grpc' | 'bentomlHome' | 'bentomlConfig'
> {
  readonly http?: ExpandedServer<Overrides['http']> | undefined;
  readonly grpc?: ExpandedServer<Overrides['grpc']> | undefined;
  readonly pythonPath?: string;
  readonly envFile?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly bentomlHome?: string;
  readonly bentomlConfig?: string;
}

/** Replaces the variables of one folder's settings or of one entry of `bentos`. */
export class OverridesExpander {
  readonly #context: SettingsContext;
  readonly #problems: ProblemList;

  constructor(context: SettingsContext, problems: ProblemList) {
    this.#context = context;
    this.#problems = problems;
  }

  expand(overrides: Overrides, at: SettingPath): ExpandedOverrides {
    const { pythonPath, envFile, env, bentomlHome, bentomlConfig, http, grpc, ...rest } = overrides;
    const python = this.#python(pythonPath, [...at, 'pythonPath']);
    const files = this.#files(envFile, [...at, 'envFile']);
    const variables = this.#environment(env, [...at, 'env']);
    const home = this.path(bentomlHome, [...at, 'bentomlHome']);
    const config = this.path(bentomlConfig, [...at, 'bentomlConfig']);
    return {
      ...rest,
      ...(python !== undefined && { pythonPath: python }),
      ...(files !== undefined && { envFile: files }),
      ...(variables !== undefined && { env: variables }),
      ...(home !== undefined && { bentomlHome: home }),
      ...(config !== undefined && { bentomlConfig: config }),
      ...(http !== undefined && { http: this.#server(http, [...at, 'http']) }),
      ...(grpc !== undefined && { grpc: this.#server(grpc, [...at, 'grpc']) }),
    };
  }

  /** An absolute path, relative ones starting at the workspace folder; nothing when it is empty or wrong. */
  path(value: string | undefined, at: SettingPath): string | undefined {
    const expanded = this.#text(value, at, 'path', maxPathLength);
    return expanded === undefined || expanded === '' ? undefined : this.#absolute(expanded);
  }

  /** A name without a separator is a command and stays as it is. */
  #python(value: string | undefined, at: SettingPath): string | undefined {
    const expanded = this.#text(value, at, 'path', maxPathLength);
    if (expanded === undefined || expanded === '') return undefined;
    if (expanded.startsWith('-')) {
      this.#problems.addInvalid(at, value, 'a path that does not begin with "-"');
      return undefined;
    }
    const separator = this.#context.platform === 'win32' ? /[\\/]/ : /\//;
    return separator.test(expanded) ? this.#absolute(expanded) : expanded;
  }

  #server<
    Server extends { readonly tls?: Readonly<Record<string, string | undefined>> | undefined },
  >({ tls, ...rest }: Server, at: SettingPath): ExpandedServer<Server> {
    const expanded: Record<string, string | null> = {};
    for (const [name, value] of Object.entries(tls ?? {})) {
      const isFile = name.endsWith('File');
      const own = isFile ? this.path(value, [...at, 'tls', name]) : value;
      if (value === '') expanded[name] = null;
      else if (own !== undefined) expanded[name] = own;
    }
    return { ...rest, ...(tls !== undefined && { tls: expanded }) };
  }

  #files(value: Overrides['envFile'], at: SettingPath): readonly string[] | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string') {
      const file = this.path(value, at);
      return file === undefined ? [] : [file];
    }
    return value.flatMap((item, index) => this.path(item, [...at, index]) ?? []);
  }

  #environment(value: Overrides['env'], at: SettingPath): ExpandedOverrides['env'] {
    if (value === undefined) return undefined;
    const expanded = Object.create(null) as Record<string, string | null>;
    for (const [name, raw] of Object.entries(value)) {
      const item =
        raw === null ? null : this.#text(raw, [...at, name], 'environment', maxTextLength);
      if (item !== undefined) expanded[name] = item;
    }
    return expanded;
  }

  #text(
    value: string | undefined,
    at: SettingPath,
    use: 'environment' | 'path',
    longest: number,
  ): string | undefined {
    if (value === undefined) return undefined;
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
