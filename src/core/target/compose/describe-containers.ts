import { stringify } from 'yaml';
import { mask } from '../containers/masked-variables';

type Shown = true | { readonly [name: string]: Shown };

/** A key that matches every name. */
const each = '*';

/**
 * The fields of `inspect` that are shown, of Docker, Podman and nerdctl. The others may contain values of variables, such
 * as the command line that has created a container.
 */
const shown: Shown = {
  Id: true,
  Name: true,
  Created: true,
  State: {
    ...{ Status: true, ExitCode: true, OOMKilled: true, Error: true, Pid: true },
    ...{ StartedAt: true, FinishedAt: true },
    Health: { Status: true, FailingStreak: true, Log: true },
  },
  RestartCount: true,
  Config: {
    ...{ Image: true, User: true, Cmd: true, Env: true, Labels: true, StopTimeout: true },
    Healthcheck: true,
  },
  HostConfig: {
    ...{ RestartPolicy: true, Memory: true, NanoCpus: true, ShmSize: true, DeviceRequests: true },
    ...{ CapDrop: true, SecurityOpt: true, Tmpfs: true },
  },
  Mounts: true,
  NetworkSettings: { Ports: true, Networks: { [each]: { IPAddress: true, Aliases: true } } },
};

/** Returns the output of `inspect` as text for people. Values of variables are masked. */
export const describeContainers = (inspected: readonly unknown[]): string =>
  inspected
    .map((one) => stringify(withMaskedEnv(pick(one, shown)), { lineWidth: 0 }))
    .join('---\n');

function pick(value: unknown, spec: Shown): unknown {
  if (spec === true || typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const own = spec[each] ?? (Object.hasOwn(spec, name) ? spec[name] : undefined);
    return own === undefined || isEmpty(inner) ? [] : [[name, pick(inner, own)]];
  });
  return Object.fromEntries(entries);
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

function withMaskedEnv(value: unknown): unknown {
  const { Config, ...others } = value as { readonly Config?: { readonly Env?: unknown } };
  if (Config === undefined) return value;
  const { Env, ...config } = Config;
  const names = Array.isArray(Env) ? Env.map((one) => String(one).split('=', 1)[0] ?? '') : [];
  const environment = Object.fromEntries(names.sort().map((name) => [name, mask]));
  return { ...others, Config: { ...config, ...(names.length === 0 ? {} : { Env: environment }) } };
}
