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
  const own = candidates.flatMap((raised): readonly RootCause[] => {
    const place = placeOf(raised, files);
    return place === undefined ? [] : [{ raised, place }];
  });
  const placed = own.some(({ raised }) => raised.relation === 'member')
    ? own
    : [...placedByGroup(chain, files), ...own];
  const telling = placed.find(({ raised }) => raised.type !== 'SystemExit') ?? placed[0];
  if (telling !== undefined) return telling;
  const [nearest] = candidates;
  if (nearest === undefined) return undefined;
  const isWrapper = wrapper.test(nearest.message);
  const wrapped = candidates.findLast(({ type }) => importErrors.test(type));
  return { raised: isWrapper ? (wrapped ?? nearest) : nearest };
}

/** The first member of each group, where the nearest group around it was raised: members may never have been raised. */
function placedByGroup(chain: readonly Raised[], files: UserFiles): readonly RootCause[] {
  return chain.flatMap((group, index): readonly RootCause[] => {
    const member = isGroup(group) ? membersFrom(chain, index)[0] : undefined;
    if (member === undefined) return [];
    const around = chain.slice(index, chain.indexOf(member)).toReversed();
    const place = around.map((one) => placeOf(one, files)).find((one) => one !== undefined);
    return place === undefined ? [] : [{ raised: member, place }];
  });
}

/** The other exceptions of the group that it is in. */
export function otherMembers(raised: Raised, chain: readonly Raised[]): readonly Raised[] {
  if (raised.relation !== 'member') return [];
  const group = chain
    .slice(0, chain.indexOf(raised))
    .findLastIndex((one) => isGroup(one) && one.relation !== 'member');
  return membersFrom(chain, group).filter((one) => one !== raised);
}

/** Also those of groups in it; the groups themselves say nothing. */
function membersFrom(chain: readonly Raised[], group: number): readonly Raised[] {
  const rest = chain.slice(group + 1);
  const end = rest.findIndex((one) => isGroup(one) && one.relation !== 'member');
  return rest
    .slice(0, end === -1 ? undefined : end)
    .filter((one) => one.relation === 'member' && !isGroup(one));
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
