import * as z from 'zod';

/** A JSON schema in the form in which VS Code's settings editor reads it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly [keyword: string]: unknown;
}

interface ZodJsonSchema extends JsonSchema {
  readonly $schema?: unknown;
  readonly anyOf?: readonly ZodJsonSchema[];
  readonly allOf?: unknown;
}

export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  forEditor(z.toJSONSchema(schema, { io: 'input' }) as ZodJsonSchema);

/** The settings editor has widgets for lists of types, and none for `anyOf`. */
function forEditor(schema: ZodJsonSchema): JsonSchema {
  const { $schema: _, anyOf = [], allOf: __, type, ...own } = schema;
  // Each part becomes keywords of the whole, which apply to values of its own type only.
  const parts = anyOf.map(forEditor);
  const types = [
    ...(type === undefined ? [] : [type]),
    ...parts.map((part) => part.type ?? []),
  ].flat();
  const merged = Object.assign({}, ...parts, own) as JsonSchema;
  const { type: ___, pattern, items, properties, additionalProperties, ...limits } = merged;
  return {
    type: types.length === 1 ? (types[0] ?? '') : types,
    ...limits,
    ...(pattern !== undefined && isUnderstood(pattern) && { pattern }),
    ...(items && { items: forEditor(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, forEditor(property)]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : forEditor(additionalProperties),
    }),
  };
}

/** The settings editor compiles patterns without the flag `u`, and then `\p{L}` matches other texts. */
const isUnderstood = (pattern: string): boolean => !pattern.includes(String.raw`\p{`);
