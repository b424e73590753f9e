import type { Token } from './python-tokens';

/** What a name stands for, as a dotted path, where that is known: `TC` of `from typing import TYPE_CHECKING as TC`. */
export type PathOf = (name: string) => string | undefined;

const depthLimit = 20;

/**
 * Whether the condition of an `if` holds when the module is imported to be served; nothing where that depends on the
 * machine. `TYPE_CHECKING` never holds then, and `__name__` is never `"__main__"`.
 */
export function holdsWhenImported(
  tokens: readonly Token[],
  pathOf: PathOf,
  depth = 0,
): boolean | undefined {
  const inner = withoutBrackets(tokens);
  const [first] = inner;
  if (first === undefined || depth > depthLimit) return undefined;
  const holds = (part: readonly Token[]): boolean | undefined =>
    holdsWhenImported(part, pathOf, depth + 1);
  for (const [word, decides] of [
    ['or', true],
    ['and', false],
  ] as const) {
    const parts = split(inner, word);
    if (parts.length === 1) continue;
    const all = parts.map(holds);
    if (all.includes(decides)) return decides;
    return all.includes(undefined) ? undefined : !decides;
  }
  if (isName(first, 'not')) {
    const negated = holds(inner.slice(1));
    return negated === undefined ? undefined : !negated;
  }
  return constant(inner) ?? typeChecking(inner, pathOf) ?? isMain(inner);
}

function constant(tokens: readonly Token[]): boolean | undefined {
  const [only, ...more] = tokens;
  if (only === undefined || more.length > 0) return undefined;
  if (only.kind === 'string' && only.value !== undefined) return only.value !== '';
  if (only.kind === 'number' && /^\d+$/.test(only.text)) return /[1-9]/.test(only.text);
  if (only.kind !== 'name') return undefined;
  if (only.text === 'True') return true;
  return only.text === 'False' || only.text === 'None' ? false : undefined;
}

function typeChecking(tokens: readonly Token[], pathOf: PathOf): false | undefined {
  const last = tokens.at(-1);
  const isPath = tokens.every(({ kind, text }) => kind === 'name' || text === '.');
  if (!isPath || last === undefined) return undefined;
  const path = tokens.length === 1 ? (pathOf(last.text) ?? last.text) : last.text;
  return path.split('.').at(-1) === 'TYPE_CHECKING' ? false : undefined;
}

function isMain(tokens: readonly Token[]): boolean | undefined {
  const [one, sign, two, ...more] = tokens;
  if (one === undefined || two === undefined || more.length > 0) return undefined;
  const [name, value] = one.kind === 'string' ? [two, one] : [one, two];
  if (!isName(name, '__name__') || value.value !== '__main__') return undefined;
  if (sign?.text === '==') return false;
  return sign?.text === '!=' ? true : undefined;
}

const isName = ({ kind, text }: Token, name: string): boolean => kind === 'name' && text === name;

/** At the words that are in no brackets. */
function split(tokens: readonly Token[], word: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let open = 0;
  for (const token of tokens) {
    if (token.kind === 'operator' && '([{'.includes(token.text)) open++;
    if (token.kind === 'operator' && ')]}'.includes(token.text)) open--;
    if (open === 0 && isName(token, word)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** `(a and b)` is `a and b`; `(a) and (b)` stays. */
function withoutBrackets(tokens: readonly Token[]): readonly Token[] {
  let start = 0;
  let end = tokens.length;
  while (tokens[start]?.text === '(' && closes(tokens, start) === end - 1) {
    start++;
    end--;
    if (start > depthLimit) return [];
  }
  return tokens.slice(start, end);
}

function closes(tokens: readonly Token[], start: number): number {
  let open = 0;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== 'operator') continue;
    if (token.text === '(') open++;
    else if (token.text === ')' && --open === 0) return at;
  }
  return -1;
}
