import type { Localize } from '../localize';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** In the two largest units that matter: `42 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number, l10n: Localize): string {
  if (ms < minute) return l10n.t('{0} s', Math.max(0, Math.floor(ms / 1000)));
  if (ms < hour) return l10n.t('{0} min', Math.floor(ms / minute));
  if (ms < day)
    return l10n.t('{0} h {1} min', Math.floor(ms / hour), Math.floor((ms % hour) / minute));
  return l10n.t('{0} d {1} h', Math.floor(ms / day), Math.floor((ms % day) / hour));
}
