import type { BentoReader } from '../../core/bento-manager';
import type { Component } from '../../core/model';
import { textOf } from '../../core/messages/message';
import { advisoriesOf } from '../../core/exposure/advisories';

export interface DiagnosticsFacts {
  readonly manager: BentoReader;
  readonly versions: Readonly<Record<string, string>>;
  /** The raw settings of each workspace folder. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly trusted: boolean;
  /** The user's home directory, whose name nobody else needs to know. */
  readonly home: string;
}

const tailLines = 20;
const colours = /\u001b\[[\d;]*m/g;

/** All that a maintainer asks first, as text to paste; values of environment variables are never in it. */
export function diagnostics({
  manager,
  versions,
  settings,
  trusted,
  home,
}: DiagnosticsFacts): string {
  const lines = [
    '## Serve Bento',
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    `- workspace trusted: ${trusted ? 'yes' : 'no'}`,
    `- helpers that wait for the next serve: ${manager.waitingHelpers}`,
    '',
    '## Settings',
    '```json',
    JSON.stringify(masked(settings), undefined, 2),
    '```',
    '',
    '## Bentos',
    ...manager.bentos.flatMap((bento) => [
      `- ${bento.displayName} (${bento.id}, ${bento.source}): ${bento.state}${versionOf(bento.bentomlVersion)}`,
      ...advisoriesOf(bento.bentomlVersion ?? '').map(
        ({ id, what }) => `  - ${id}: ${textOf(what)}`,
      ),
      ...(bento.python === undefined ? [] : [`  - Python: ${bento.python}`]),
      ...(bento.problem === undefined
        ? []
        : [`  - ${bento.problem.code}: ${oneLine(bento.problem.message)}`]),
      ...bento.components.flatMap((component) => componentLines(manager, bento.id, component)),
    ]),
  ];
  const text = `${lines.join('\n')}\n`;
  // As it is, and as JSON writes it.
  return text.replaceAll(JSON.stringify(home).slice(1, -1), '~').replaceAll(home, '~');
}

function componentLines(
  manager: BentoReader,
  bento: string,
  component: Component,
): readonly string[] {
  const { id, state, host, port, pids, restarts, problem } = component;
  const details = manager.details(bento, id);
  const facts = [
    state,
    port === undefined ? '' : `${host ?? ''}:${port}`,
    pids.length === 0 ? '' : `pids ${pids.join(', ')}`,
    restarts === 0 ? '' : `restarts ${restarts}`,
  ].filter((fact) => fact !== '');
  const tail = details?.output.tail(tailLines).replace(colours, '').replace(/\r/g, '') ?? '';
  return [
    `  - ${id}: ${facts.join(' · ')}`,
    ...(problem === undefined ? [] : [`    - ${problem.code}: ${oneLine(problem.message)}`]),
    ...(details === undefined ? [] : [`    - log: ${details.logFile}`]),
    ...(tail === '' ? [] : ['', '```text', tail.replaceAll('```', "'''"), '```', '']),
  ];
}

const mask = '***';

/** The names of variables are shown, their values never, wherever an `env` is. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'env' ? maskedValues(inner) : masked(inner),
    ]),
  );
}

const maskedValues = (env: unknown): unknown =>
  typeof env === 'object' && env !== null && !Array.isArray(env)
    ? Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value === null ? null : mask]),
      )
    : mask;

const versionOf = (version: string | undefined): string =>
  version === undefined ? '' : `, BentoML ${version}`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
