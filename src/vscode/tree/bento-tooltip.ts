import type { BentoRemark } from '../../core/bento-manager';
import type { Bento, Problem } from '../../core/model';
import type { Localize } from '../localize';
import { advisoryLines } from '../advisory-lines';
import type { BentoRowContext } from './bento-row';
import { code, fileLink, plain } from './markdown';
import { joined } from './row';
import { stateWord } from './state-words';
import { warningSentence } from './warning-words';

export function bentoTooltip(
  bento: Bento,
  {
    reference,
    workingDir,
    remark,
    warnings = [],
  }: Omit<BentoRowContext, 'hasTerminal' | 'hasProfiles' | 'expanded'>,
  l10n: Localize,
): readonly string[] {
  const { displayName, id, state, problem, python, bentomlVersion, generation, profile } = bento;
  const pids = bento.components.flatMap((component) => component.pids);
  return [
    joined([`**${plain(displayName)}**`, plain(stateWord(state, l10n))]),
    ...(problem === undefined ? [] : problemLines(problem)),
    remark === undefined ? '' : plain(remarkSentence(remark, l10n)),
    ...warnings.map((warning) => plain(warningSentence(warning, l10n))),
    code(id),
    reference === undefined || reference === id
      ? ''
      : `${plain(l10n.t('Served as'))} ${code(reference)}`,
    workingDir === undefined ? '' : `${plain(l10n.t('In'))} ${code(workingDir)}`,
    profile === undefined ? '' : `${plain(l10n.t('Profile'))} ${code(profile)}`,
    python === undefined
      ? ''
      : joined([
          `${plain(l10n.t('Python'))} ${code(python)}`,
          bentomlVersion === undefined ? '' : plain(`BentoML ${bentomlVersion}`),
        ]),
    ...(bentomlVersion === undefined ? [] : advisoryLines(bentomlVersion, l10n).map(plain)),
    generation === 'legacy' ? plain(l10n.t('Legacy service with runners')) : '',
    pids.length === 0 ? '' : `${plain(l10n.t('Processes'))} ${pids.join(', ')}`,
  ].filter((paragraph) => paragraph !== '');
}

const remarkSentence = (remark: BentoRemark, l10n: Localize): string =>
  remark === 'changed'
    ? l10n.t('Its settings or its interpreter have changed: restart it to apply them.')
    : l10n.t('It is not found in the folder any more, and runs on until it is stopped.');

/** Of settings there may be several, one a line. */
function problemLines({ code: kind, message, detail, location }: Problem): readonly string[] {
  if (kind === 'settings' && detail !== undefined) return detail.split('\n').map(plain);
  return [plain(message), location === undefined ? '' : fileLink(location)];
}
