import type { StoreBento, StoreModel } from '../../core/discovery/store';
import type { Localize } from '../localize';
import { code, plain } from '../tree/markdown';
import { joined } from '../tree/row';

/** Paragraphs of Markdown. @param locale such as `en` or `de` */
export function bentoTooltip(bento: StoreBento, locale: string, l10n: Localize): readonly string[] {
  const { models } = bento;
  return paragraphs([
    heading(bento.name),
    origin(bento, locale),
    bento.generation === 'legacy' ? plain(l10n.t('Legacy service with runners')) : '',
    models.length === 0
      ? ''
      : `${plain(l10n.t('Needs the models'))} ${models.map(code).join(', ')}`,
    place(bento.workingDir, l10n),
  ]);
}

/** Paragraphs of Markdown. @param locale such as `en` or `de` */
export function modelTooltip(model: StoreModel, locale: string, l10n: Localize): readonly string[] {
  const { tag, module, directory } = model;
  return paragraphs([
    heading(tag),
    origin(model, locale),
    module === undefined ? '' : `${plain(l10n.t('Saved by'))} ${code(module)}`,
    place(directory, l10n),
  ]);
}

const heading = (tag: string): string => `**${plain(tag)}**`;

function origin(
  { created, bentomlVersion }: { readonly created: number; readonly bentomlVersion?: string },
  locale: string,
): string {
  const date = new Date(created).toLocaleString(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return joined([
    plain(date),
    bentomlVersion === undefined ? '' : plain(`BentoML ${bentomlVersion}`),
  ]);
}

const place = (directory: string, l10n: Localize): string =>
  `${plain(l10n.t('In'))} ${code(directory)}`;

const paragraphs = (all: readonly string[]): readonly string[] => all.filter((one) => one !== '');
