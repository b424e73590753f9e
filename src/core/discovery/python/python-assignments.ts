import { parseExpressions, parseLast, parseTargets, type Expression } from './python-expressions';
import type { Token } from './python-tokens';

/** `target = value`, `target: annotation = value`, `one = other = value`. */
export function assignment(
  tokens: readonly Token[],
): { targets: readonly string[]; start: number; value: Expression } | undefined {
  const [target, sign] = tokens;
  if (target?.kind !== 'name' || sign?.kind !== 'operator') return undefined;
  if (sign.text !== '=' && sign.text !== ':') return undefined;
  let equals = sign.text === '=' ? 1 : indexOfEquals(tokens);
  if (equals < 0) return undefined;
  const targets = [target.text];
  for (;;) {
    const [next, after] = [tokens[equals + 1], tokens[equals + 2]];
    if (next?.kind !== 'name' || after?.text !== '=') break;
    targets.push(next.text);
    equals += 2;
  }
  return { targets, start: equals + 1, value: parseLast(tokens, equals + 1) };
}

/** `one, other = value, another`: each name with a value, and where in it its own is; without a place it is not known. */
export function assignments(
  tokens: readonly Token[],
): readonly (readonly [name: string, value: Expression, path: readonly number[] | undefined])[] {
  const equals = indexOfEquals(tokens);
  // `a, b = c, d = …`
  if (equals < 1 || indexOfEquals(tokens.slice(equals + 1)) >= 0) return [];
  const items = parseExpressions(tokens, equals + 1);
  const [only] = items;
  const value: Expression =
    items.length === 1 && only !== undefined ? only : { kind: 'list', items };
  const isStarred = value.kind === 'list' && tokens.slice(equals).some(isStar);
  return parseTargets(tokens.slice(0, equals)).map(({ name, path }) => [
    name,
    value,
    isStarred && path?.some((index) => index > 0) === true ? undefined : path,
  ]);
}

const isStar = ({ kind, text }: Token): boolean => kind === 'operator' && text === '*';

export function indexOfEquals(tokens: readonly Token[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind, text }) => {
    if (kind !== 'operator') return false;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
    return depth === 0 && text === '=';
  });
}
