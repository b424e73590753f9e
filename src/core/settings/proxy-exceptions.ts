import { environmentName } from './environment-value';

type Variables = Readonly<Record<string, string>>;

const loopback = ['localhost', '127.0.0.1', '::1'];
/** Programs read one or the other. */
const exceptions = ['NO_PROXY', 'no_proxy'] as const;

/**
 * Gives the proxy exceptions that components need to connect to each other. BentoML's client of runners uses the proxy
 * variables even for Unix sockets (it calls them 127.0.0.1:8000), and a proxy cannot reach the loopback of this machine.
 * Without a proxy it gives nothing: on macOS and Windows, Python would otherwise ignore the system's proxy settings.
 * @param hosts the hosts other than loopback on which components listen.
 */
export function proxyExceptions(
  env: Variables,
  hosts: readonly string[],
  platform: NodeJS.Platform,
): Variables {
  const names = Object.keys(env).filter((name) => /_proxy$/i.test(name));
  const isException = (name: string): boolean => /^no_(?:grpc_)?proxy$/i.test(name);
  if (!names.some((name) => !isException(name) && env[name] !== '')) return {};
  const present = names.filter(isException);
  const missing = exceptions.filter((name) => environmentName(env, name, platform) === undefined);
  // On Windows both are the same variable.
  const created = platform === 'win32' ? missing.slice(0, 1) : missing;
  // An exception in one spelling must also apply to libraries that read the other one.
  const others = exceptions.map((name) => env[name]).find((value) => value !== undefined) ?? '';
  const wanted = [...loopback, ...hosts];
  return Object.fromEntries([
    ...present.map((name) => [name, joined(env[name] ?? '', wanted)]),
    ...created.map((name) => [name, joined(others, wanted)]),
  ]) as Variables;
}

function joined(value: string, hosts: readonly string[]): string {
  // Nothing uses the proxy. Python supports the star only on its own.
  if (value.trim() === '*') return value;
  const there = value.split(',').map((item) => item.trim());
  const added = hosts.filter((host) => !there.includes(host));
  return [...there.filter((item) => item !== ''), ...new Set(added)].join(',');
}
