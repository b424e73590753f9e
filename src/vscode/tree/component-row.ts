import type { ComponentDetails } from '../../core/bento-manager';
import type { Component } from '../../core/model';
import { componentTitle } from '../../core/component-title';
import { isAddress } from './component-title';
import type { Localize } from '../localize';
import { fullPlace, shortPlace } from './component-place';
import { componentTooltip } from './component-tooltip';
import { errorWords } from './error-labels';
import { countdown, elapsed } from './progress-labels';
import { gpuWords } from './resource-labels';
import { joined, opening, type Row, type RowIcon } from './row';
import { shortReason } from './short-reason';
import { pausedIcon, stateIcons } from './state-icon';
import { componentStateWord } from './state-labels';
import { debuggingWord } from './debugging-word';
import { messageOf, translated } from '../problems/problem-text';

export function componentRow(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  now: number,
): Row {
  const title = componentTitle(component);
  const kind =
    title === component.kind || isAddress(component) ? undefined : kindWord(component, l10n);
  const message = component.problem && messageOf(component.problem, l10n);
  const isPaused = details?.debugging === 'paused';
  const paused = isPaused ? debuggingWord(details, l10n) : undefined;
  // What is paused does not answer, whatever it did before.
  const state =
    paused ??
    (isUnavailable(component) ? l10n.t('not available') : componentStateWord(component, l10n));
  const debugging = isPaused ? undefined : debuggingWord(details, l10n);
  const own = told(component, details, l10n, now);
  const probed = latency(component, l10n);
  return {
    label: title,
    // In a narrow view only the beginning is seen: where it is, then why it is not well.
    description: joined([
      paused,
      shortPlace(component) ?? privatePlace(component, l10n),
      probed,
      shortReason(component.problem, l10n),
      isPaused ? undefined : state,
      debugging,
      ...own,
      kind,
    ]),
    icon: iconOf(component, isPaused),
    contextValue: ['component', ...componentCapabilities(component, details)].join(':'),
    accessibilityLabel: joined(
      [
        ...[title, kind, state, debugging, fullPlace(component) ?? privatePlace(component, l10n)],
        ...[message, probed, ...own],
      ],
      ', ',
    ),
    tooltip: componentTooltip(component, details, l10n),
    collapsible: (component.workers ?? []).length === 0 ? 'none' : 'collapsed',
    ...opening(component.problem),
    ...(details === undefined ? {} : { showsTerminal: true }),
  };
}

export type ComponentCapability =
  | 'canServe'
  | 'canStop'
  | 'canRestart'
  | 'canAttach'
  | 'canScale'
  | 'canDescribe'
  | 'hasTerminal'
  | 'hasUrl';

export function componentCapabilities(
  component: Component,
  details: ComponentDetails | undefined,
): readonly ComponentCapability[] {
  const { state, url, pids, remote = false, workers: onEngine } = component;
  const able: ComponentCapability[] = [];
  const ended = state === 'stopped' || state === 'failed';
  if (!remote) {
    // An engine serves and stops the whole bento.
    const isOwn = onEngine === undefined;
    if (isOwn && ended && !isUnavailable(component)) able.push('canServe');
    // Also while it stops: the second time forces.
    if (isOwn && !ended) able.push('canStop');
    const isUp = state === 'ready' || state === 'unhealthy' || state === 'backingOff';
    if (isUp) able.push('canRestart');
    const isDebuggable = details?.notDebuggable === undefined;
    if (isUp && (pids.length > 0 || onEngine !== undefined) && isDebuggable) able.push('canAttach');
  }
  if (canScale(component, details)) able.push('canScale');
  if (onEngine !== undefined) able.push('canDescribe');
  if (details !== undefined) able.push('hasTerminal');
  if (url !== undefined && (state === 'ready' || state === 'unhealthy')) able.push('hasUrl');
  return able;
}

/** Whether an engine can run other numbers of its containers or pods. */
export const canScale = (
  { workers: onEngine, state }: Component,
  details: ComponentDetails | undefined,
): boolean => onEngine !== undefined && state !== 'stopping' && details?.isSingle !== true;

function iconOf(component: Component, isPaused: boolean): RowIcon {
  if (isPaused) return pausedIcon;
  return isUnavailable(component) ? { id: 'circle-slash' } : stateIcons[component.state];
}

/** It cannot be served at all, which is no failure of it. */
export const isUnavailable = ({ problem }: Component): boolean =>
  problem?.code === 'grpc-unavailable';

/** What is known of it beside its state, its place and its problem. */
function told(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  now: number,
): readonly (string | undefined)[] {
  const { state, problem, startedAt, remote, url } = component;
  switch (state) {
    case 'starting':
      return [
        problem === undefined && details?.waitingFor !== undefined
          ? translated(details.waitingFor, l10n)
          : undefined,
        startedAt === undefined ? undefined : elapsed(startedAt, now, l10n),
      ];
    case 'ready':
      return [
        errorWords(details, l10n),
        insteadOf(details, l10n),
        ...(isAddress(component)
          ? []
          : [
              remote === true ? l10n.t('remote') : undefined,
              url?.startsWith('https:') === true ? 'https' : undefined,
            ]),
        gpuWords(details?.resources ?? [], l10n),
        workers(details, l10n),
      ];
    case 'unhealthy':
      return [errorWords(details, l10n), workers(details, l10n)];
    case 'stopped':
    case 'backingOff':
    case 'failed':
    case 'stopping':
      return [countdown(details?.stop, now, l10n)];
  }
}

/** After **Serve on a Free Port**. */
const insteadOf = (details: ComponentDetails | undefined, l10n: Localize): string | undefined =>
  details?.insteadOf === undefined
    ? undefined
    : l10n.t('instead of port {0}', String(details.insteadOf));

/** In place of an address: only the other components of the bento can reach it. */
const privatePlace = (component: Component, l10n: Localize): string | undefined =>
  component.state === 'ready' && component.port === undefined && !isAddress(component)
    ? component.workers === undefined
      ? l10n.t('private socket')
      : l10n.t('private network')
    : undefined;

const latency = ({ state, port, latencyMs }: Component, l10n: Localize): string | undefined =>
  state !== 'ready' || port === undefined || latencyMs === undefined
    ? undefined
    : l10n.t('{0} ms', Math.round(latencyMs));

/** Said only when some are missing. */
const workers = (details: ComponentDetails | undefined, l10n: Localize): string | undefined =>
  details !== undefined && details.workersAlive < details.workersWanted
    ? l10n.t('{0} of {1} workers', details.workersAlive, details.workersWanted)
    : undefined;

const kindWord = ({ kind }: Component, l10n: Localize): string =>
  kind === 'runner' ? l10n.t('runner') : l10n.t('service');
