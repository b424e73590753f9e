import type { Bento } from '../../core/model';

/** Last used first; what was never used keeps its order, with the store's bentos at the end. */
export function byRecency(bentos: readonly Bento[], recent: readonly string[]): readonly Bento[] {
  const place = ({ id, source }: Bento): number => {
    const index = recent.indexOf(id);
    if (index !== -1) return index;
    return recent.length + (source === 'store' ? 1 : 0);
  };
  return [...bentos].sort((a, b) => place(a) - place(b));
}
