import { environmentName } from './environment-value';

type Variables = Readonly<Record<string, string>>;

const loopback = ['localhost', '127.0.0.1', '::1'];
/** Programs differ in which of these they read. */
const exceptions = ['NO_PROXY', 'no_proxy'] as const;

/**
 * The exceptions from a proxy that components need to reach each other. BentoML's client of runners obeys the proxy
 * variables, also over Unix sockets (it calls them 127.0.0.1:8000), and a proxy cannot reach this machine's loopback.
 * Without a proxy nothing is set: on macOS and Windows, Python would no longer look at the system's own proxies.
 * @param hosts where components listen that are not on loopback.
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
  // Windows has one variable for both.
  const created = platform === 'win32' ? missing.slice(0, 1) : missing;
  // What one library reads in capitals has to hold for another that reads small letters.
  const others = exceptions.map((name) => env[name]).find((value) => value !== undefined) ?? '';
  const wanted = [...loopback, ...hosts];
  return Object.fromEntries([
    ...present.map((name) => [name, joined(env[name] ?? '', wanted)]),
    ...created.map((name) => [name, joined(others, wanted)]),
  ]) as Variables;
}

function joined(value: string, hosts: readonly string[]): string {
  // Nothing goes through the proxy. Python knows the star only alone.
  if (value.trim() === '*') return value;
  const there = value.split(',').map((item) => item.trim());
  const added = hosts.filter((host) => !there.includes(host));
  return [...there.filter((item) => item !== ''), ...new Set(added)].join(',');
}
