import type { Token } from './python-tokens';

/** What is known of names. */
export interface Names {
  /** A dotted path: of `TC` after `from typing import TYPE_CHECKING as TC`. */
  readonly pathOf: (name: string) => string | undefined;
  /** Whether it is true: of `MAIN` after `MAIN = __name__ == "__main__"`. */
  readonly truthOf: (name: string) => boolean | undefined;
}

/** What `__name__` is in a program, and never in a module that is imported to be served. */
const mainNames: ReadonlySet<string | undefined> = new Set(['__main__', '__mp_main__']);

const depthLimit = 20;

/**
 * Whether the condition of an `if` holds when the module is imported to be served; nothing where that depends on the
 * machine. `TYPE_CHECKING` never holds then, and `__name__` is never `"__main__"`.
 */
export function holdsWhenImported(
  tokens: readonly Token[],
  names: Names,
  depth = 0,
): boolean | undefined {
  const inner = withoutBrackets(tokens);
  const [first] = inner;
  if (first === undefined || depth > depthLimit) return undefined;
  // `a if b else c`, `lambda: a` and `a, b` are no conditions of these parts.
  if (split(inner, 'if', 'lambda', ',').length > 1) return undefined;
  const holds = (part: readonly Token[]): boolean | undefined =>
    holdsWhenImported(part, names, depth + 1);
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
  return constant(inner) ?? truth(inner, names) ?? typeChecking(inner, names) ?? isMain(inner);
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

function truth([only, ...more]: readonly Token[], { truthOf }: Names): boolean | undefined {
  return only?.kind === 'name' && more.length === 0 ? truthOf(only.text) : undefined;
}

function typeChecking(tokens: readonly Token[], { pathOf }: Names): false | undefined {
  const last = tokens.at(-1);
  const isPath = tokens.every(({ kind, text }) => kind === 'name' || text === '.');
  if (!isPath || last === undefined) return undefined;
  const path = tokens.length === 1 ? (pathOf(last.text) ?? last.text) : last.text;
  return path.split('.').at(-1) === 'TYPE_CHECKING' ? false : undefined;
}

function isMain(tokens: readonly Token[]): boolean | undefined {
  const [one, sign, two, ...more] = tokens;
  if (one === undefined || sign === undefined || two === undefined) return undefined;
  if (isName(one, '__name__') && isName(sign, 'in')) {
    return isListOfMains(tokens.slice(2)) ? false : undefined;
  }
  if (isName(one, '__name__') && isName(sign, 'not') && isName(two, 'in')) {
    return isListOfMains(more) ? true : undefined;
  }
  if (more.length > 0) return undefined;
  const [name, value] = one.kind === 'string' ? [two, one] : [one, two];
  if (!isName(name, '__name__') || !mainNames.has(value.value)) return undefined;
  if (sign.text === '==') return false;
  return sign.text === '!=' ? true : undefined;
}

/** `("__main__",)`, `["__main__"]` or `{"__main__"}`; `("__main__")` is a text, which may have the module's name in it. */
function isListOfMains(tokens: readonly Token[]): boolean {
  const [open, ...items] = tokens;
  const close = items.pop();
  const brackets = `${open?.text ?? ''}${close?.text ?? ''}`;
  if (open?.kind !== 'operator' || !['()', '[]', '{}'].includes(brackets)) return false;
  if (brackets === '()' && !items.some(({ text }) => text === ',')) return false;
  return items.every(({ kind, text, value }, index) =>
    index % 2 === 0 ? kind === 'string' && mainNames.has(value) : text === ',',
  );
}

const isName = ({ kind, text }: Token, name: string): boolean => kind === 'name' && text === name;

/** At the words or commas that are in no brackets. */
function split(
  tokens: readonly Token[],
  ...words: readonly string[]
): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let open = 0;
  for (const token of tokens) {
    if (token.kind === 'operator' && '([{'.includes(token.text)) open++;
    if (token.kind === 'operator' && ')]}'.includes(token.text)) open--;
    if (open === 0 && token.kind !== 'string' && words.includes(token.text)) parts.push([]);
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
