import type { ConfigDrift } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import type { TargetKind } from '../../core/target-kinds';
import type { Localize } from '../localize';
import type { BentoRowContext } from './bento-row-context';
import { bentoTooltip } from './bento-tooltip';
import { debuggingWord } from './debugging-word';
import { countdown, stateAndProgress } from './progress-labels';
import { httpComponent, isServed, readiness } from '../lifecycle/readiness';
import { joined, opening, type Row } from './row';
import { shortReason } from './short-reason';
import { pausedIcon, stateIcons } from './state-icon';
import { warningWords } from './warning-labels';
import { messageOf } from '../problems/problem-text';

export function bentoRow(bento: Bento, context: BentoRowContext, l10n: Localize): Row {
  const drift = driftLabel(context.drift, l10n);
  const warned = (context.warnings ?? []).map((warning) => warningWords(warning, l10n));
  const ended = bento.state === 'stopped' || bento.state === 'failed';
  const { paused = [] } = context;
  const isPaused = paused.length > 0;
  // A paused component does not answer, so the bento is not ready.
  const state = [
    isPaused ? debuggingWord({ debugging: 'paused' }, l10n) : undefined,
    ...(isPaused && bento.state === 'ready' ? [] : stateAndProgress(bento, context.now, l10n)),
  ];
  const words = [...state, counted(bento, paused)];
  const isStopping = bento.state === 'stopping';
  const left = isStopping ? countdown(context.stop, context.now, l10n) : undefined;
  const isGuess = context.isNameProvisional === true && ended;
  const name = isGuess ? l10n.t('name known when served') : undefined;
  const rest = [
    left,
    name,
    drift,
    ...warned,
    bento.profile,
    targetLabel(bento, context.target, l10n),
  ];
  const reason = isStopping ? undefined : shortReason(bento.problem, l10n);
  // A narrow view shows only the beginning: the reason comes first where the state alone would look fine.
  const said = joined(
    ended || (bento.state === 'ready' && !isPaused)
      ? [reason, ...words, ...rest]
      : [...words, reason, ...rest],
  );
  const message =
    isStopping || bento.problem === undefined ? undefined : messageOf(bento.problem, l10n);
  const spoken = joined([bento.displayName, ...words, message, ...rest], ', ');
  const place = joined([sourceWord(bento, l10n), context.folderName]);
  const expansion = context.expanded ? 'expanded' : 'collapsed';
  return {
    label: bento.displayName,
    description: joined([said, place]),
    // Shows problems of the settings before the first serve, and saved code that cannot be served.
    icon: isPaused
      ? pausedIcon
      : stateIcons[
          (bento.state === 'stopped' || bento.state === 'ready') &&
          (bento.problem !== undefined || warned.length > 0)
            ? 'degraded'
            : bento.state
        ],
    contextValue: ['bento', ...bentoCapabilities(bento, context)].join(':'),
    accessibilityLabel: joined([spoken, place.replaceAll(' · ', ', ')], ', '),
    tooltip: bentoTooltip(bento, context, l10n),
    collapsible: bento.components.length === 0 ? 'none' : expansion,
    ...opening(bento.problem),
  };
}

export type BentoCapability =
  | 'canServe'
  | 'canWatch'
  | 'canStop'
  | 'canRestart'
  | 'canAttach'
  | 'hasTerminal'
  | 'hasUrl'
  | 'hasProfiles'
  | 'canBuild'
  | 'canContainerize'
  | 'canExport'
  | 'canCompare';

export function bentoCapabilities(
  bento: Bento,
  {
    hasTerminal,
    hasProfiles,
    notDebuggable = false,
  }: Pick<BentoRowContext, 'hasTerminal' | 'hasProfiles' | 'notDebuggable'>,
): readonly BentoCapability[] {
  const { state, components, source, progress } = bento;
  const able: BentoCapability[] = [];
  const ended = state === 'stopped' || state === 'failed';
  const isLocal = source !== 'remote';
  const isIdle = progress === undefined;
  if (ended && !isLocal) able.push('canWatch');
  // Its failed and stopped components can be served again.
  if (isLocal && (ended || (state === 'degraded' && isIdle))) able.push('canServe');
  // Also while it stops: the second time forces.
  if (!ended) able.push('canStop');
  if (isLocal && isIdle && (state === 'ready' || state === 'degraded')) able.push('canRestart');
  const isDebuggable = isLocal && !notDebuggable;
  if (isDebuggable && (state === 'ready' || state === 'degraded')) able.push('canAttach');
  if (hasTerminal) able.push('hasTerminal');
  if (httpComponent(components)?.url !== undefined && !ended) able.push('hasUrl');
  if (hasProfiles && state !== 'stopping') able.push('hasProfiles');
  if (source === 'project' || source === 'file') able.push('canBuild');
  if (source === 'store') able.push('canContainerize');
  if (isLocal) able.push('canExport');
  if (canCompare(bento)) able.push('canCompare');
  return able;
}

/** Whether it runs on an engine, so that it can be compared with what a restart would apply. */
export const canCompare = ({ engine, state }: Pick<Bento, 'engine' | 'state'>): boolean =>
  engine !== undefined && state !== 'stopping';

function counted(bento: Bento, paused: readonly string[]): string | undefined {
  const { ready, total } = readiness(bento, paused);
  const isStarting = bento.state === 'starting' && bento.progress !== undefined;
  const isCounted = isServed(bento) && bento.state !== 'stopping' && !isStarting && total > 0;
  return isCounted ? `${ready}/${total}` : undefined;
}

function targetLabel(
  { engine }: Pick<Bento, 'engine'>,
  target: TargetKind | undefined,
  l10n: Localize,
): string | undefined {
  const { context, namespace } = engine ?? {};
  switch (target) {
    case 'compose':
      return l10n.t('on Docker Compose');
    case 'kubernetes':
      return context === undefined || namespace === undefined
        ? l10n.t('on Kubernetes')
        : l10n.t('on Kubernetes: {0}/{1}', context, namespace);
    case 'local':
    case undefined:
      return undefined;
  }
}

function driftLabel(drift: ConfigDrift | undefined, l10n: Localize): string | undefined {
  switch (drift) {
    case 'settings':
      return l10n.t('settings changed: restart to apply');
    case 'interpreter':
      return l10n.t('interpreter changed: restart to apply');
    case 'gone':
      return l10n.t('not found any more');
    case undefined:
      return undefined;
  }
}

function sourceWord({ source }: Bento, l10n: Localize): string {
  switch (source) {
    case 'project':
      return l10n.t('project');
    case 'file':
      return l10n.t('file');
    case 'store':
      return l10n.t('store');
    case 'settings':
      return l10n.t('settings');
    case 'remote':
      return l10n.t('remote');
  }
}
