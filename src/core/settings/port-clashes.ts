import type { ExpandedOverrides } from './expand-overrides';
import { mergeSettings } from './merge-settings';
import { settingName, type ProblemList, type SettingPath } from './problem-list';
import type { ServeSettings } from './serve-settings';
import { say } from '../messages/message';

interface ClaimedPort {
  readonly path: SettingPath;
  readonly port: number;
}

/**
 * Removes a port that an earlier component of the same bento already has, and reports it. `at` is the path of
 * `overrides`; other values come from the folder's settings.
 */
export function withoutPortClashes(
  settings: ServeSettings,
  at: SettingPath,
  overrides: ExpandedOverrides,
  problems: ProblemList,
): ServeSettings {
  const written = new Set(claimedPorts(overrides).map(({ path }) => path.join('\0')));
  const full = (path: SettingPath): SettingPath =>
    written.has(path.join('\0')) ? [...at, ...path] : path;

  const holders = new Map<number, SettingPath>();
  let result = settings;
  for (const { path, port } of claimedPorts(settings)) {
    const holder = holders.get(port);
    if (holder === undefined) {
      holders.set(port, path);
      continue;
    }
    const [setting, other] = [settingName(full(path)), settingName(full(holder))];
    problems.add(full(path), say('settingPortClash', { setting, port, other }));
    result = mergeSettings(result, nested(path, null));
  }
  return result;
}

function claimedPorts({ http, grpc, runners }: ExpandedOverrides | ServeSettings): ClaimedPort[] {
  const claims: [SettingPath, number | null | undefined][] = [];
  if (http?.enabled !== false) claims.push([['http', 'port'], http?.port]);
  if (grpc?.enabled !== false) {
    claims.push([['grpc', 'port'], grpc?.port], [['grpc', 'metricsPort'], grpc?.metricsPort]);
  }
  for (const [name, runner] of Object.entries(runners ?? {})) {
    claims.push([['runners', name, 'port'], runner.port]);
  }
  return claims.flatMap(([path, port]) => (typeof port === 'number' ? [{ path, port }] : []));
}

const nested = (path: SettingPath, value: unknown): ExpandedOverrides =>
  path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as ExpandedOverrides;
