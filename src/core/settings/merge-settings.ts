import type { ExpandedOverrides } from './expand-overrides';
import type { RunnerSettings, ServeSettings } from './serve-settings';

/** Field by field; runners, variables, options and arguments by their names. */
export function mergeSettings(base: ServeSettings, over: ExpandedOverrides): ServeSettings {
  const { http, grpc, health, runners, env, bentomlConfigOptions, args, ...rest } = over;
  return {
    ...mergeFields<ServeSettings>(base, rest),
    http: mergeServer(base.http, http),
    grpc: mergeServer(base.grpc, grpc),
    health: mergeFields(base.health, health),
    runners: mergeRunners(base.runners, runners),
    env: withoutPrototype({ ...base.env, ...env }),
    bentomlConfigOptions: mergeFields(
      withoutPrototype(base.bentomlConfigOptions),
      bentomlConfigOptions,
    ),
    args: mergeFields(withoutPrototype(base.args), args),
  };
}

type Loose<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined };

/** `undefined` keeps what the base says, `null` takes it away. */
function mergeFields<T extends object>(base: T, over: Loose<T> | undefined): T {
  const merged = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(over ?? {})) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else if (value !== undefined) merged[key] = value;
  }
  return merged as T;
}

function mergeServer<Server extends { readonly tls?: object }>(
  base: Server,
  { tls, ...own }: Loose<Omit<Server, 'tls'>> & { readonly tls?: object | undefined } = {},
): Server {
  return { ...mergeFields<object>(base, own), tls: mergeFields(base.tls ?? {}, tls) } as Server;
}

function mergeRunners(
  base: ServeSettings['runners'],
  over: ExpandedOverrides['runners'],
): ServeSettings['runners'] {
  const merged = withoutPrototype(base);
  for (const [name, fields] of Object.entries(over ?? {})) {
    merged[name] = mergeFields<RunnerSettings>(merged[name] ?? {}, fields);
  }
  return merged;
}

/** So that a runner called `constructor` is found only when there is one. */
function withoutPrototype<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, record);
}
