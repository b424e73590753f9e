import path from 'node:path';
import type { FoundService } from '../../core/discovery/python/python-services';
import type { Target } from '../../core/discovery/reference';
import type { Localize } from '../localize';
import { code, markdown, paragraphs, plain, type Markdown } from '../tree/markdown';

/** What is known of the service that a build file names, for a hover and a completion. */
export function serviceDescription(
  { file, service }: Target,
  folder: string,
  l10n: Localize,
): readonly Markdown[] {
  const place = path.relative(folder, file);
  if (service === undefined) return [plain(l10n.t('No service was found in {0}.', place))];
  const inner = service.runners ?? service.depends.map(({ attribute }) => attribute);
  return paragraphs([
    markdown`**${plain(service.name)}**: ${plain(generationWord(service, l10n))}`,
    markdown`${code(place)}, ${plain(l10n.t('line {0}', service.line + 1))}`,
    plain(inner.length === 0 ? '' : l10n.t('Calls {0}', inner.join(', '))),
  ]);
}

export const generationWord = ({ generation }: FoundService, l10n: Localize): string =>
  generation === 'legacy' ? l10n.t('service with runners') : l10n.t('class service');
