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

/** BentoML says so around every exception of an import: what it wraps tells more. */
const wrapper = /^Failed to (?:load bento or import service|import module)\b/;
const importErrors = /^(?:ModuleNotFoundError|ImportError)$/;

/**
 * BentoML and its servers wrap what the user's code raised: the nearest exception that comes from there counts, else
 * the nearest. A group says nothing of itself, and no more does sys.exit() while another exception was handled.
 */
export function rootCause(chain: readonly Raised[], files: UserFiles): RootCause | undefined {
  const candidates = chain.length > 1 ? chain.filter((one) => !isGroup(one)) : chain;
  const placed = candidates.flatMap((raised): readonly RootCause[] => {
    const place = placeOf(raised, files);
    return place === undefined ? [] : [{ raised, place }];
  });
  const telling = placed.find(({ raised }) => raised.type !== 'SystemExit') ?? placed[0];
  if (telling !== undefined) return telling;
  const [nearest] = candidates;
  if (nearest === undefined) return undefined;
  const isWrapper = wrapper.test(nearest.message);
  const wrapped = candidates.findLast(({ type }) => importErrors.test(type));
  return { raised: isWrapper ? (wrapped ?? nearest) : nearest };
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
