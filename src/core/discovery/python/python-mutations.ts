import { parseExpression, type Expression } from './python-expressions';
import type { Token } from './python-tokens';

/** A statement that changes what a name has: a list or dictionary, a text, or the name that a class or service has. */
export type Mutation =
  /** `name["key"] = value`. */
  | {
      readonly kind: 'entry';
      readonly name: string;
      readonly key: string;
      readonly value: Expression;
    }
  /** `name.append(value)`, `del name[0]`, `name |= …`: `added` may be in it now. */
  | { readonly kind: 'items'; readonly name: string; readonly added?: Expression }
  /** `name.name = …`, `name += …`: it is not known any more. */
  | { readonly kind: 'unknown'; readonly name: string };

const itemAdders: ReadonlySet<string> = new Set([
  'add',
  'append',
  'appendleft',
  'insert',
  'setdefault',
]);
const changers: ReadonlySet<string> = new Set([
  ...itemAdders,
  ...[
    'clear',
    'discard',
    'extend',
    'pop',
    'popitem',
    'popleft',
    'remove',
    'reverse',
    'sort',
    'update',
  ],
]);
/** Attributes from which BentoML takes the name of a service. */
const namingAttributes: ReadonlySet<string> = new Set(['name', '__name__', '__qualname__']);

/** What a statement that is no plain assignment changes. */
export function mutationOf(tokens: readonly Token[]): Mutation | undefined {
  const [first, second, third, fourth] = tokens;
  if (first?.kind !== 'name') return undefined;
  if (first.text === 'setattr' && third?.kind === 'name') {
    return fourth?.text === ',' ? { kind: 'unknown', name: third.text } : undefined;
  }
  const name = first.text;
  if (second?.text === '[') return entryOf(name, tokens);
  if (second?.text === '.' && third?.kind === 'name') {
    if (fourth?.text === '=' && namingAttributes.has(third.text)) return { kind: 'unknown', name };
    if (fourth?.text !== '(' || !changers.has(third.text)) return undefined;
    return { kind: 'items', name, ...addedBy(third.text, tokens) };
  }
  // `**=`, `//=`, `<<=` and `>>=` are two tokens.
  const sign = [second, third].find(
    (token) => token?.kind === 'operator' && token.text.endsWith('='),
  );
  const isAugmented =
    second?.kind === 'operator' && sign !== undefined && !plainSigns.has(sign.text);
  return isAugmented ? { kind: 'items', name } : undefined;
}

/** Assignments and comparisons. */
const plainSigns: ReadonlySet<string> = new Set(['=', ':=', '==', '!=', '<=', '>=']);

function entryOf(name: string, tokens: readonly Token[]): Mutation | undefined {
  const [, , key, close, sign] = tokens;
  const equals = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '=');
  if (key?.kind === 'string' && key.value !== undefined && close?.text === ']') {
    if (sign?.text !== '=') return undefined;
    return { kind: 'entry', name, key: key.value, value: parseExpression(tokens, 5) };
  }
  if (tokens[equals - 1]?.text !== ']') return undefined;
  return { kind: 'items', name, added: parseExpression(tokens, equals + 1) };
}

function addedBy(method: string, tokens: readonly Token[]): { added?: Expression } {
  const call = itemAdders.has(method) ? parseExpression(tokens, 0) : undefined;
  const added = call?.kind === 'call' ? call.args.at(-1)?.value : undefined;
  return added === undefined ? {} : { added };
}
