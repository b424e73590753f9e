import fc from 'fast-check';

/** Names that mean something to JavaScript. */
export const awkwardNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '',
];

/** Any UTF-16 units, also halves of characters. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xff), fc.nat(0xffff)), { maxLength: 5 })
  .map((units) => String.fromCharCode(...units));

/** Texts made of these pieces, and of anything between them. */
export const textOf = (pieces: readonly string[], maxLength = 40): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...pieces) },
        { weight: 1, arbitrary: anyText },
      ),
      { maxLength },
    )
    .map((parts) => parts.join(''));

/** Whatever JSON can say, also under awkward names. */
export const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(null, true, false, 0, -1, 1e308, -0.5, 2 ** 53),
      fc.integer(),
      fc.string(),
    ),
    fc.array(tie('json'), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...awkwardNames), fc.string()), tie('json')), {
        maxLength: 5,
      })
      .map((members) => fromMembers(members)),
  ),
}));

/** As `JSON.parse` makes them: `__proto__` is a property like any other. */
const fromMembers = (members: readonly (readonly [string, unknown])[]): object => {
  const object = {};
  for (const [name, value] of members) {
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
};

/** What code may hand over that knows nothing of our types. */
export const argument: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
  json,
  fc.constantFrom(Symbol('s'), () => 1, Date),
);

/** An object that throws whenever it is looked at; none that a property could show. */
export function refusing(): object {
  const refuse = (): never => {
    throw new Error('refused');
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
}

/** One text in pieces, cut anywhere. */
export const cut = (text: string, places: readonly number[]): string[] => {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
};

/** The objects that everything inherits from are as they were. */
export const isUnpolluted = (): boolean =>
  Object.keys(Object.prototype).length === 0 && Object.keys(Array.prototype).length === 0;
