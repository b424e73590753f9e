import { advisoriesOf } from '../../core/exposure/advisories';
import type { Localize } from '../localize';
import { translated } from './problem-text';

/** What is known against a version of BentoML, in one sentence; none when nothing is. */
export function advisoryLines(version: string, l10n: Localize): readonly string[] {
  const known = advisoriesOf(version).map(({ id, what }) => `${id}: ${translated(what, l10n)}`);
  return known.length === 0
    ? []
    : [
        l10n.t(
          'BentoML {0} has known vulnerabilities ({1}): update it with pip install --upgrade bentoml.',
          version,
          known.join('; '),
        ),
      ];
}
