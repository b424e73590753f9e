import { oneLine } from '../one-line';
import { at, plainAdvice, type CauseContext, type Explanation } from './explanation';
import { knownCause } from './known-causes';
import { reasonOf } from './reason';
import { otherMembers, rootCause, shortType, type RootCause } from './root-cause';
import { lastTraceback, type Raised } from './traceback';

export interface Explained extends Explanation {
  /** The cause has a known repair, which `advice` names. */
  readonly known: boolean;
  readonly raised: Raised;
}

/** Of one group; the rest is counted. */
const mostOthers = 3;
/** In UTF-16 units. */
const longestText = 1000;

/** What the last words of a Python process say of its end; nothing when they name no exception. */
export const explain = (output: string, context: CauseContext): Explained | undefined =>
  explainChain(lastTraceback(output), context);

/** What an exception and those that it came from say, nearest first; nothing when there is none. */
export function explainChain(
  chain: readonly Raised[],
  context: CauseContext,
): Explained | undefined {
  const cause = rootCause(chain, context.files);
  if (cause === undefined) return undefined;
  const { raised } = cause;
  const known = knownCause(cause, chain, context);
  const after = `${othersOf(raised, chain)}${exitAfter(cause, chain)}`;
  if (known !== undefined) {
    return { ...known, text: oneLine(`${known.text}${after}`, longestText), known: true, raised };
  }
  return {
    code: 'crashed',
    text: oneLine(`${said(raised)}${at(cause)}${causesOf(raised, chain)}${after}`, longestText),
    advice: plainAdvice,
    ...(cause.place === undefined ? {} : { place: cause.place }),
    known: false,
    raised,
  };
}

/** An exception without a message is told by the line that raised it. */
function said(raised: Raised): string {
  const reason = reasonOf(raised);
  if (reason !== '') return `${shortType(raised)}: ${reason}`;
  const { code, function: name } = raised.frames.at(-1) ?? {};
  if (code !== undefined) return `${shortType(raised)} in "${code}"`;
  return name === undefined || name === '<module>'
    ? shortType(raised)
    : `${shortType(raised)} in ${name}()`;
}

/** What the exception was raised from on purpose, as far as its own message does not say so already. */
function causesOf(raised: Raised, chain: readonly Raised[]): string {
  const rest = chain.slice(chain.indexOf(raised) + 1);
  const source = rest.find(({ relation }) => relation !== 'member');
  if (source?.relation !== 'cause') return '';
  const reason = reasonOf(source);
  const isSaid = reason === '' || reasonOf(raised).includes(reason);
  return isSaid ? '' : `, caused by ${said(source)}`;
}

/** What was raised together with it. */
function othersOf(raised: Raised, chain: readonly Raised[]): string {
  const others = otherMembers(raised, chain).map(said);
  const distinct = [...new Set(others)].filter((one) => one !== said(raised));
  const more = distinct.length - mostOthers;
  const shown = distinct.slice(0, mostOthers).map((one) => `, and ${one}`);
  return `${shown.join('')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** `sys.exit()` in a `finally`, or while an exception is handled, ends Python after it. */
function exitAfter({ raised }: RootCause, chain: readonly Raised[]): string {
  const before = chain.slice(0, chain.indexOf(raised));
  const exit = before.find(({ type }) => type === 'SystemExit');
  return exit === undefined ? '' : `; then sys.exit(${reasonOf(exit)}) ended Python`;
}
