import type { ConfigDrift } from '../../core/bento-manager';
import type { Bento, Problem } from '../../core/model';
import type { Localize } from '../localize';
import { advisoryLines } from '../problems/advisory-lines';
import type { BentoRowContext } from './bento-row-context';
import {
  code,
  fileLink,
  inParagraph,
  markdown,
  numbers,
  paragraphs,
  plain,
  type Markdown,
} from './markdown';
import { bentoStateWord } from './state-labels';
import { warningSentence } from './warning-labels';
import { messagesOf, translated } from '../problems/problem-text';

export function bentoTooltip(
  bento: Bento,
  {
    reference,
    workingDir,
    drift,
    warnings = [],
  }: Omit<BentoRowContext, 'hasTerminal' | 'hasProfiles' | 'expanded' | 'now'>,
  l10n: Localize,
): readonly Markdown[] {
  const { displayName, id, progress, problem, python, bentomlVersion, generation, profile } = bento;
  const pids = bento.components.flatMap((component) => component.pids);
  return paragraphs([
    inParagraph([
      markdown`**${plain(displayName)}**`,
      plain(bentoStateWord(bento, l10n)),
      plain(progress === undefined ? '' : translated(progress.phase, l10n)),
    ]),
    ...(problem === undefined ? [] : problemLines(problem, l10n)),
    drift === undefined ? '' : plain(driftSentence(drift, l10n)),
    ...warnings.map((warning) => plain(warningSentence(warning, l10n))),
    code(id),
    reference === undefined || reference === id
      ? ''
      : markdown`${plain(l10n.t('Served as'))} ${code(reference)}`,
    workingDir === undefined ? '' : markdown`${plain(l10n.t('In'))} ${code(workingDir)}`,
    profile === undefined ? '' : markdown`${plain(l10n.t('Profile'))} ${code(profile)}`,
    python === undefined
      ? ''
      : inParagraph([
          markdown`${plain(l10n.t('Python'))} ${code(python)}`,
          plain(bentomlVersion === undefined ? '' : `BentoML ${bentomlVersion}`),
        ]),
    ...(bentomlVersion === undefined ? [] : advisoryLines(bentomlVersion, l10n).map(plain)),
    generation === 'legacy' ? plain(l10n.t('Legacy service with runners')) : '',
    pids.length === 0 ? '' : markdown`${plain(l10n.t('Processes'))} ${numbers(pids)}`,
  ]);
}

function driftSentence(drift: ConfigDrift, l10n: Localize): string {
  switch (drift) {
    case 'settings':
      return l10n.t(
        'Its settings, or a file that they name, have changed: restart it to apply the change.',
      );
    case 'interpreter':
      return l10n.t('Its Python interpreter has changed: restart it to use the new one.');
    case 'gone':
      return l10n.t('It is no longer in the folder. It keeps running until you stop it.');
  }
}

/** Returns the lines of a problem. Settings may have several problems, one on each line. */
function problemLines(problem: Problem, l10n: Localize): readonly (Markdown | '')[] {
  const { location } = problem;
  return [
    ...messagesOf(problem, l10n).map(plain),
    location === undefined ? '' : fileLink(location),
  ];
}
