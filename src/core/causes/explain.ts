import { oneLine } from '../one-line';
import { at, knownCause, type CauseContext, type Explanation } from './known-causes';
import { firstLine, rootCause, shortType } from './root-cause';
import { lastTraceback, type Raised } from './traceback';

export interface Explained extends Explanation {
  /** The cause has a known repair, which `text` names. */
  readonly known: boolean;
  readonly raised: Raised;
}

/** In UTF-16 units. */
const longestText = 1000;

/** What the last words of a Python process say of its end; nothing when they name no exception. */
export function explain(output: string, context: CauseContext): Explained | undefined {
  const chain = lastTraceback(output);
  const cause = rootCause(chain, context.files);
  if (cause === undefined) return undefined;
  const known = knownCause(cause, chain, context);
  if (known !== undefined) {
    return { ...known, text: oneLine(known.text, longestText), known: true, raised: cause.raised };
  }
  const said = firstLine(cause.raised);
  const type = shortType(cause.raised);
  return {
    code: 'crashed',
    text: oneLine(`${said === '' ? type : `${type}: ${said}`}${at(cause)}`, longestText),
    ...(cause.place === undefined ? {} : { place: cause.place }),
    known: false,
    raised: cause.raised,
  };
}
