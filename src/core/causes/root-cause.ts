import type { Raised } from './traceback';
import type { UserFile, UserFiles } from './user-files';

export interface Place extends UserFile {
  /** From 1. */
  readonly line: number;
}

/** The exception to show, and where in the user's own code it came from. */
export interface RootCause {
  readonly raised: Raised;
  readonly place?: Place;
}

/**
 * BentoML and its servers wrap what the user's code raised: the nearest exception that comes from there counts, else
 * the nearest. A group says nothing of itself.
 */
export function rootCause(chain: readonly Raised[], files: UserFiles): RootCause | undefined {
  const candidates = chain.length > 1 ? chain.filter((one) => !isGroup(one)) : chain;
  for (const raised of candidates) {
    const place = placeOf(raised, files);
    if (place !== undefined) return { raised, place };
  }
  const [raised] = candidates;
  return raised === undefined ? undefined : { raised };
}

/** The deepest frame in the user's own code; for what cannot be parsed the line that cannot. */
function placeOf({ frames }: Raised, files: UserFiles): Place | undefined {
  for (const { file, line } of frames.toReversed()) {
    const own = files.find(file);
    if (own !== undefined) return { ...own, line };
  }
  return undefined;
}

const isGroup = ({ type }: Raised): boolean => /(?:^|\.)(?:Base)?ExceptionGroup$/.test(type);

/** Without its module. */
export const shortType = ({ type }: Raised): string => type.slice(type.lastIndexOf('.') + 1);

/** The first line that says something, without a full stop. */
export const firstLine = ({ message }: Raised): string =>
  (message.split('\n').find((line) => line.trim() !== '') ?? '').trim().replace(/\.$/, '');
