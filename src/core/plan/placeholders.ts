/** What the run decides for one process; see `Plan` for the placeholders. */
export interface PlaceholderValues {
  /** Address URIs by component id. */
  readonly addresses?: ReadonlyMap<string, string>;
  /** Inherited sockets by name, as file descriptors. */
  readonly fds?: Readonly<Partial<Record<'self' | 'metrics', number | undefined>>>;
  readonly worker?: number;
  readonly host?: string;
  readonly port?: number;
  readonly metricsPort?: number;
  readonly metrics?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

const placeholder = /\$(?:\$|\(([A-Za-z]+)(?::([^()]*))?\))/g;

/** @throws Error on a placeholder that is unknown or has no value: a plan that cannot be run must not be. */
export function fillText(text: string, values: PlaceholderValues): string {
  return text.replaceAll(placeholder, (found, name: string | undefined, of: string | undefined) => {
    if (name === undefined) return '$';
    const value = valueOf(name, of, values);
    if (value === undefined) throw new Error(`The plan asks for ${found}, which is not known.`);
    return String(value);
  });
}

export const fillArgv = (argv: readonly string[], values: PlaceholderValues): readonly string[] =>
  argv.map((argument) => fillText(argument, values));

export const fillEnv = (
  env: Readonly<Record<string, string>>,
  values: PlaceholderValues,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fillText(text, values)]));

/** Sockets of the file system have none. */
const authority = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : /^tcp:\/\/(.+)$/.exec(address)?.[1];

/** What is no encoding is no id either. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function valueOf(
  name: string,
  of: string | undefined,
  values: PlaceholderValues,
): string | number | undefined {
  switch (name) {
    case 'address':
      return of === undefined ? undefined : values.addresses?.get(decoded(of));
    case 'authority':
      return of === undefined ? undefined : authority(values.addresses?.get(decoded(of)));
    case 'fd':
      return of === 'self' || of === 'metrics' ? values.fds?.[of] : undefined;
    case 'worker':
    case 'host':
    case 'port':
    case 'metricsPort':
    case 'metrics':
    case 'certFile':
    case 'keyFile':
      return of === undefined ? values[name] : undefined;
    default:
      return undefined;
  }
}
