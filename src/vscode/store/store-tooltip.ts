import type { StoreBento } from '../../core/discovery/store';
import type { StoreModel } from '../../core/discovery/store-model';
import type { Localize } from '../localize';
import { code, inParagraph, markdown, paragraphs, plain, type Markdown } from '../tree/markdown';

/** @param locale such as `en` or `de` */
export function bentoTooltip(
  bento: StoreBento,
  locale: string,
  l10n: Localize,
): readonly Markdown[] {
  const { models } = bento;
  return paragraphs([
    heading(bento.name),
    origin(bento, locale),
    bento.generation === 'legacy' ? plain(l10n.t('Legacy service with runners')) : '',
    models.length === 0
      ? ''
      : markdown`${plain(l10n.t('Needs the models'))} ${inParagraph(models.map(code), ', ')}`,
    place(bento.workingDir, l10n),
  ]);
}

/** @param locale such as `en` or `de` */
export function modelTooltip(
  model: StoreModel,
  locale: string,
  l10n: Localize,
): readonly Markdown[] {
  const { tag, module, directory } = model;
  return paragraphs([
    heading(tag),
    origin(model, locale),
    module === undefined ? '' : markdown`${plain(l10n.t('Saved by'))} ${code(module)}`,
    place(directory, l10n),
  ]);
}

const heading = (tag: string): Markdown => markdown`**${plain(tag)}**`;

function origin(
  { created, bentomlVersion }: { readonly created: number; readonly bentomlVersion?: string },
  locale: string,
): Markdown {
  const date = new Date(created).toLocaleString(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return inParagraph([
    plain(date),
    plain(bentomlVersion === undefined ? '' : `BentoML ${bentomlVersion}`),
  ]);
}

const place = (directory: string, l10n: Localize): Markdown =>
  markdown`${plain(l10n.t('In'))} ${code(directory)}`;
