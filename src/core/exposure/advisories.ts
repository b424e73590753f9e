import { say, type Message } from '../messages/message';

/** A published security problem of BentoML. */
export interface Advisory {
  readonly id: string;
  /** The first version that has it; absent: all before `fixed`. */
  readonly since?: string;
  /** The first version without it. */
  readonly fixed: string;
  readonly what: Message;
}

/** From GitHub's advisories of bentoml/BentoML; a release of this extension brings new ones, no request does. */
const advisories: readonly Advisory[] = [
  {
    id: 'CVE-2025-27520',
    since: '1.3.4',
    fixed: '1.4.3',
    what: say('advisoryHttpCode'),
  },
  {
    id: 'CVE-2024-9056',
    fixed: '1.4.6',
    what: say('advisoryHang'),
  },
  {
    id: 'CVE-2025-32375',
    fixed: '1.4.8',
    what: say('advisoryRunnerCode'),
  },
  {
    id: 'CVE-2026-27905',
    fixed: '1.4.36',
    what: say('advisoryImport'),
  },
  {
    id: 'CVE-2026-33744',
    fixed: '1.4.37',
    what: say('advisoryBuildFile'),
  },
];

/** Those of a version such as `1.4.2`; a version that cannot be read has none. */
export function advisoriesOf(version: string): readonly Advisory[] {
  const number = numberOf(version);
  if (number === undefined) return [];
  return advisories.filter(
    ({ since, fixed }) =>
      number < (numberOf(fixed) ?? 0) &&
      number >= (since === undefined ? 0 : (numberOf(since) ?? 0)),
  );
}

/** `1.4.38` as 1_004_038; what follows the third number (`a1`, `.post2`) is left out. */
function numberOf(version: string): number | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d{1,3})\.(\d{1,3})/.exec(version) ?? [];
  if (major === undefined) return undefined;
  return Number(major) * 1_000_000 + Number(minor) * 1000 + Number(patch);
}
