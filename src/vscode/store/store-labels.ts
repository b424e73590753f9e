import type { DirectorySize } from '../../core/store/directory-size';
import type { Localize } from '../localize';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** As `bentoml list` writes it: `5.15 KiB`. */
export function sizeWord({ bytes, isPartial }: DirectorySize, l10n: Localize): string {
  const exponent = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const word = `${(bytes / 1024 ** exponent).toFixed(2)} ${units[exponent] ?? ''}`;
  return isPartial ? l10n.t('more than {0}', word) : word;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [365 * day, 'year'],
  [30 * day, 'month'],
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
];

/** How long ago something was, in the one unit that matters, and short: `5m ago`. */
export function ageWord(ms: number, locale: string, l10n: Localize): string {
  const step = steps.find(([length]) => ms >= length);
  if (step === undefined) return l10n.t('just now');
  const [length, unit] = step;
  return new Intl.RelativeTimeFormat(locale, { style: 'narrow' }).format(
    -Math.floor(ms / length),
    unit,
  );
}
