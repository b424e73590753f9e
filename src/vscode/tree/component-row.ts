import type { ComponentDetails } from '../../core/bento-manager';
import type { Component } from '../../core/model';
import { componentTitle, isAddress } from '../component-title';
import type { Localize } from '../localize';
import { componentTooltip } from './component-tooltip';
import { countdown, elapsed } from './progress-words';
import { gpuWords } from './resource-words';
import { joined, opening, type Row } from './row';
import { shortReason } from './short-reason';
import { stateIcons } from './state-icon';
import { stateWord } from './state-words';

export function componentRow(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  now: number,
): Row {
  const title = componentTitle(component);
  const kind =
    title === component.kind || isAddress(component) ? undefined : kindWord(component, l10n);
  const state = isUnavailable(component)
    ? l10n.t('not available')
    : stateWord(component.state, l10n);
  const said = joined([state, ...told(component, details, l10n, now)]);
  return {
    label: title,
    description: joined([said, kind]),
    icon: isUnavailable(component) ? { id: 'circle-slash' } : stateIcons[component.state],
    contextValue: ['component', ...componentCapabilities(component, details)].join(':'),
    accessibilityLabel: joined([title, kind, said.replaceAll(' · ', ', ')], ', '),
    tooltip: componentTooltip(component, details, l10n),
    collapsible: 'none',
    ...opening(component.problem),
  };
}

export type ComponentCapability = 'canServe' | 'canStop' | 'canRestart' | 'hasTerminal' | 'hasUrl';

export function componentCapabilities(
  component: Component,
  details: ComponentDetails | undefined,
): readonly ComponentCapability[] {
  const { state, url, remote = false } = component;
  const able: ComponentCapability[] = [];
  const ended = state === 'stopped' || state === 'failed';
  if (!remote) {
    if (ended && !isUnavailable(component)) able.push('canServe');
    // Also while it stops: the second time forces.
    if (!ended) able.push('canStop');
    const isUp = state === 'ready' || state === 'unhealthy' || state === 'backingOff';
    if (isUp) able.push('canRestart');
  }
  if (details !== undefined) able.push('hasTerminal');
  if (url !== undefined && (state === 'ready' || state === 'unhealthy')) able.push('hasUrl');
  return able;
}

/** It cannot be served at all, which is no failure of it. */
export const isUnavailable = ({ problem }: Component): boolean =>
  problem?.code === 'grpc-unavailable';

function told(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  now: number,
): readonly (string | undefined)[] {
  const reason = reasonOf(component);
  switch (component.state) {
    case 'starting':
      return [
        reason ??
          details?.waitingFor ??
          (isAddress(component) ? undefined : address(component, l10n)),
        component.startedAt === undefined ? undefined : elapsed(component.startedAt, now, l10n),
      ];
    case 'ready':
      return [
        ...(isAddress(component) ? [] : place(component, l10n)),
        latency(component, l10n),
        gpuWords(details?.resources ?? [], l10n),
        workers(details, l10n),
      ];
    case 'unhealthy':
      return [reason, workers(details, l10n)];
    case 'stopped':
    case 'backingOff':
    case 'failed':
      return [reason];
    case 'stopping':
      return [countdown(details?.stop, now, l10n)];
  }
}

/** Beside its address, it is not said again. */
function reasonOf(component: Component): string | undefined {
  const { name, problem } = component;
  const reason = shortReason(problem);
  return isAddress(component) && reason?.startsWith(`${name} `) === true
    ? reason.slice(name.length + 1).replace(/^is /, '')
    : reason;
}

const place = (component: Component, l10n: Localize): readonly (string | undefined)[] => [
  component.remote === true ? l10n.t('remote') : undefined,
  address(component, l10n),
];

function address({ host, port, url }: Component, l10n: Localize): string {
  // What is not as usual is told.
  if (url?.startsWith('https:') === true) return url;
  if (host === undefined || port === undefined) return l10n.t('private socket');
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const latency = ({ port, latencyMs }: Component, l10n: Localize): string | undefined =>
  port === undefined || latencyMs === undefined
    ? undefined
    : l10n.t('{0} ms', Math.round(latencyMs));

/** Said only when some are missing. */
const workers = (details: ComponentDetails | undefined, l10n: Localize): string | undefined =>
  details !== undefined && details.workersAlive < details.workersWanted
    ? l10n.t('{0} of {1} workers', details.workersAlive, details.workersWanted)
    : undefined;

const kindWord = ({ kind }: Component, l10n: Localize): string =>
  kind === 'runner' ? l10n.t('runner') : l10n.t('service');
