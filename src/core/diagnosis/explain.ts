import { oneLineMessage, say, textOf, type Argument } from '../messages/message';
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
  const whole = (text: Argument): Argument =>
    oneLineMessage(withExit(withOthers(text, raised, chain), cause, chain), longestText);
  if (known !== undefined) return { ...known, text: whole(known.text), known: true, raised };
  return {
    code: 'crashed',
    text: whole(withSource(said(raised, at(cause)), raised, chain)),
    advice: plainAdvice,
    ...(cause.place === undefined ? {} : { place: cause.place }),
    known: false,
    raised,
  };
}

/** What Python says of an exception, and where that is. One without a message is described by the line that raised it. */
function said(raised: Raised, place = ''): Argument {
  const reason = reasonOf(raised);
  const type = shortType(raised);
  if (reason !== '') return `${type}: ${reason}${place}`;
  const { code, function: name } = raised.frames.at(-1) ?? {};
  if (code !== undefined) return say('raisedIn', { type, what: `"${code}"`, place });
  return name === undefined || name === '<module>'
    ? `${type}${place}`
    : say('raisedIn', { type, what: `${name}()`, place });
}

/** Adds what the exception was raised from on purpose, as far as its own message does not say so already. */
function withSource(cause: Argument, raised: Raised, chain: readonly Raised[]): Argument {
  const rest = chain.slice(chain.indexOf(raised) + 1);
  const source = rest.find(({ relation }) => relation !== 'member');
  if (source?.relation !== 'cause') return cause;
  const reason = reasonOf(source);
  const isSaid = reason === '' || reasonOf(raised).includes(reason);
  return isSaid ? cause : say('raisedFrom', { cause, source: said(source) });
}

/** Adds what was raised together with it. */
function withOthers(cause: Argument, raised: Raised, chain: readonly Raised[]): Argument {
  const others = otherMembers(raised, chain).map((one) => said(one));
  const byText = new Map(others.map((one) => [textOf(one), one]));
  byText.delete(textOf(said(raised)));
  const distinct = [...byText.values()];
  const more = distinct.length - mostOthers;
  const shown = distinct
    .slice(0, mostOthers)
    .reduce((all, other) => say('raisedWith', { cause: all, other }), cause);
  return more > 0 ? say('raisedWithMore', { cause: shown, count: more }) : shown;
}

/** `sys.exit()` in a `finally`, or while an exception is handled, ends Python after it. */
function withExit(cause: Argument, { raised }: RootCause, chain: readonly Raised[]): Argument {
  const before = chain.slice(0, chain.indexOf(raised));
  const exit = before.find(({ type }) => type === 'SystemExit');
  return exit === undefined ? cause : say('exitAfter', { cause, code: reasonOf(exit) });
}
