import { bentoKey, componentKey } from '../../core/logs/log-name';
import type { StoredLog } from '../../core/logs/stored-logs';
import type { Bento } from '../../core/model';
import { fullTitle } from '../tree/component-title';
import type { Localize } from '../localize';
import { ageWord, sizeWord } from '../store/store-labels';
import { joined } from '../tree/row';

/** A log file that can be opened, in words. */
export interface LogChoice {
  readonly label: string;
  readonly description: string;
  readonly file: string;
  /** False: of a bento that this window does not have. */
  readonly isOfWindow: boolean;
}

export interface LogChoiceContext {
  readonly bentos: readonly Bento[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Such as `en`. */
  readonly locale: string;
}

/** The logs on disk: of a component, of a bento, or of all; those of the window's bentos first. */
export function logChoices(
  logs: readonly StoredLog[],
  target: { readonly bento?: string; readonly component?: string },
  { bentos, now, locale }: LogChoiceContext,
  l10n: Localize,
): readonly LogChoice[] {
  const owners = new Map(bentos.map((bento) => [bentoKey(bento.folder, bento.id), bento]));
  const choices = logs.flatMap((log): readonly LogChoice[] => {
    const bento = owners.get(log.bentoKey);
    if (target.bento !== undefined && bento?.id !== target.bento) return [];
    if (target.component !== undefined && !isOfComponent(log, bento, target.component)) return [];
    const description = joined([
      log.piece === 0 ? '' : l10n.t('older part {0}', log.piece),
      ageWord(now - log.modified, locale, l10n),
      sizeWord({ bytes: log.bytes, isPartial: false }, l10n),
    ]);
    return [
      { label: titleOf(log, bento), description, file: log.file, isOfWindow: bento !== undefined },
    ];
  });
  return [
    ...choices.filter(({ isOfWindow }) => isOfWindow),
    ...choices.filter(({ isOfWindow }) => !isOfWindow),
  ];
}

function titleOf(log: StoredLog, bento: Bento | undefined): string {
  const known = bento?.components.find(({ id }) => isOfComponent(log, bento, id));
  if (bento !== undefined && known !== undefined) return fullTitle(bento, known);
  // Its components are known only while it is served.
  const component = log.component.replace(/^(?:runner|service)_/, '');
  return `${component} · ${bento?.displayName ?? log.name}`;
}

const isOfComponent = (log: StoredLog, bento: Bento | undefined, component: string): boolean =>
  bento !== undefined && componentKey(bento.folder, bento.id, component) === log.componentKey;
