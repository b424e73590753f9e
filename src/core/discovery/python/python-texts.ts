import { none, sizeLimit, unknown, valueOf, type Value, type ValueArgument } from './python-values';

const depthLimit = 10;

/** All texts that a value may be, as far as its own file tells: of `name` in `for name, x in [("a", 1), ("b", 2)]`. */
export function textsOf(value: Value): readonly string[] | undefined {
  const texts = new Set<string>();
  for (const option of optionsOf(value, 0) ?? [unknown]) {
    if (option.kind !== 'string') return undefined;
    texts.add(option.text);
  }
  return texts.size > 0 ? [...texts] : undefined;
}

const known: ReadonlySet<Value['kind']> = new Set(['string', 'list', 'dict', 'class']);

/** Everything that a value may be; nothing where that is not known. */
function optionsOf(value: Value, depth: number): Options {
  if (depth > depthLimit) return undefined;
  const of = (part: Value): Options => optionsOf(part, depth + 1);
  if (known.has(value.kind)) return [value];
  if (value.kind === 'defined') return of(value.value);
  if (value.kind === 'choice') return all(value.options.map(of));
  if (value.kind === 'element') {
    return each(of(value.object) ?? called(value.object, of), (object) =>
      all((elementsOf(object) ?? [unknown]).map(of)),
    );
  }
  if (value.kind === 'item') {
    return each(of(value.object), (object) => {
      const found = itemOf(object, value.key);
      return found && of(found);
    });
  }
  const isName = value.kind === 'attribute' && value.name === '__name__';
  return isName ? each(of(value.object), nameOfClass) : undefined;
}

type Options = readonly Value[] | undefined;

/** What `table.items()`, `zip(names, others)` and `enumerate(names)` give, as a list. */
function called(value: Value, of: (part: Value) => Options): Options {
  if (value.kind !== 'call') return undefined;
  const { callee, args } = value;
  if (callee.kind === 'attribute' && args.length === 0) {
    return each(of(callee.object), (object) => {
      if (object.kind !== 'dict') return undefined;
      if (callee.name === 'items') return listOf(object.entries.map(pairOf));
      return callee.name === 'keys' ? [object] : undefined;
    });
  }
  if (callee.kind !== 'external') return undefined;
  if (callee.path === 'builtins.enumerate') {
    const [items] = lists(args.slice(0, 1), of) ?? [];
    return items && listOf(items.map((item) => tuple([none, item])));
  }
  if (callee.path !== 'builtins.zip') return undefined;
  const [first, ...others] = lists(args, of) ?? [];
  return (
    first &&
    listOf(
      first.map((item, index) => tuple([item, ...others.map((other) => other[index] ?? unknown)])),
    )
  );
}

/** The items of arguments that are all lists. */
function lists(
  args: readonly ValueArgument[],
  of: (part: Value) => Options,
): readonly (readonly Value[])[] | undefined {
  const found: (readonly Value[])[] = [];
  for (const { value } of args) {
    const [only, ...more] = of(value) ?? [];
    if (only?.kind !== 'list' || more.length > 0) return undefined;
    found.push(only.items);
  }
  return found;
}

const tuple = (items: readonly Value[]): Value => valueOf({ kind: 'list', items }, items);
const listOf = (items: readonly Value[]): Options => [tuple(items)];
const textOf = (name: string | undefined): Value =>
  name === undefined ? unknown : valueOf({ kind: 'string', text: name });
const pairOf = ({ name, value }: ValueArgument): Value => tuple([textOf(name), value]);

function elementsOf(object: Value): Options {
  if (object.kind === 'list') return object.items;
  return object.kind === 'dict' ? object.entries.map(({ name }) => textOf(name)) : undefined;
}

function itemOf(object: Value, key: string | number | undefined): Value | undefined {
  if (object.kind === 'list') return typeof key === 'number' ? object.items.at(key) : undefined;
  if (object.kind !== 'dict') return undefined;
  return object.entries.find(({ name }) => name !== undefined && name === key)?.value;
}

const nameOfClass = (object: Value): Options =>
  object.kind === 'class' ? [textOf(object.definition.name)] : undefined;

const each = (values: Options, of: (value: Value) => Options): Options =>
  values && all(values.map(of));

/** All of them; nothing where one is not known, or where they are too many. */
function all(options: readonly Options[]): Options {
  const found: Value[] = [];
  for (const some of options) {
    if (some === undefined || found.length + some.length > sizeLimit) return undefined;
    found.push(...some);
  }
  return found;
}
