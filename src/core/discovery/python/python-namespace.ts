import { parseExpression, type Argument, type Expression } from './python-expressions';
import type { Token } from './python-tokens';

/** A name that a statement gives something by a text: `globals()["svc"] = …`. */
export interface NamespaceWrite {
  readonly key: Expression;
  readonly value: Expression;
}

const namespaceFunctions: ReadonlySet<string> = new Set(['globals', 'locals', 'vars']);
const ownModule = /^(?:sys\.)?modules\[__name__\]/;
const setters: ReadonlySet<string> = new Set(['setdefault', '__setitem__']);

/** What a statement of a module adds to its names in other ways than an assignment; `aliases`: names of `globals()`. */
export function namespaceWrites(
  tokens: readonly Token[],
  aliases: ReadonlySet<string>,
): readonly NamespaceWrite[] {
  const after = behindNamespace(tokens, aliases);
  if (after !== undefined) return writesBehind(tokens, after);
  if (tokens[0]?.text === 'setattr') return moduleAttribute(tokens);
  // `sys.modules[__name__].svc = …`
  const dot = tokens.findIndex(({ text }) => text === ']') + 1;
  const [name, equals] = [tokens[dot + 1], tokens[dot + 2]];
  if (dot === 0 || tokens[dot]?.text !== '.' || name?.kind !== 'name') return [];
  if (equals?.text !== '=' || !ownModule.test(textOf(tokens.slice(0, dot)))) return [];
  const key = { kind: 'string', value: name.text } as const;
  return [{ key, value: parseExpression(tokens, dot + 3) }];
}

/** Whether an expression is the names of the module: `globals()`. */
export const isNamespace = (expression: Expression): boolean =>
  expression.kind === 'call' &&
  expression.args.length === 0 &&
  expression.callee.kind === 'name' &&
  namespaceFunctions.has(expression.callee.name);

/** The index behind `globals()` or another name of it, at the start. */
function behindNamespace(
  [name, open, close]: readonly Token[],
  aliases: ReadonlySet<string>,
): number | undefined {
  if (name?.kind !== 'name') return undefined;
  if (aliases.has(name.text)) return 1;
  const isCall = open?.text === '(' && close?.text === ')';
  return isCall && namespaceFunctions.has(name.text) ? 3 : undefined;
}

function writesBehind(tokens: readonly Token[], at: number): readonly NamespaceWrite[] {
  if (tokens[at]?.text === '[') {
    const equals = tokens.findIndex(({ text }, index) => index > at && text === '=');
    if (tokens[equals - 1]?.text !== ']') return [];
    const key = parseExpression(tokens.slice(0, equals - 1), at + 1);
    return [{ key, value: parseExpression(tokens, equals + 1) }];
  }
  const call = parseExpression(tokens, 0);
  if (call.kind !== 'call' || call.callee.kind !== 'attribute') return [];
  const { name } = call.callee;
  const [first, second] = call.args;
  if (setters.has(name) && first !== undefined && second !== undefined) {
    return [{ key: first.value, value: second.value }];
  }
  return name === 'update' ? call.args.flatMap(updated) : [];
}

function updated({ name, value, unpacks }: Argument): readonly NamespaceWrite[] {
  if (name !== undefined) return [{ key: { kind: 'string', value: name }, value }];
  if (unpacks === 'list') return [];
  if (value.kind !== 'dict') return [];
  return value.entries.flatMap((entry) => (entry.name === undefined ? [] : updated(entry)));
}

/** `setattr(sys.modules[__name__], key, value)`. */
function moduleAttribute(tokens: readonly Token[]): readonly NamespaceWrite[] {
  const call = parseExpression(tokens, 0);
  if (call.kind !== 'call' || !ownModule.test(textOf(tokens.slice(2, 8)))) return [];
  const [, key, value] = call.args;
  return key === undefined || value === undefined ? [] : [{ key: key.value, value: value.value }];
}

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');
