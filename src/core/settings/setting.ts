import type * as z from 'zod';

/** The parts of the settings editor, in their order there; `package.nls.json` has their titles. */
export const settingGroups = [
  'general',
  'http',
  'grpc',
  'runners',
  'tls',
  'environment',
  'health',
  'performance',
] as const;

export type SettingGroupId = (typeof settingGroups)[number];

/**
 * How a valid value is expanded and merged.
 *
 * - `plain`: used as it is.
 * - `path`: expanded to an absolute path.
 * - `command`: the same, unless it is the bare name of a command.
 * - `paths`: expanded to a list of absolute paths.
 * - `variables`: values are expanded, and merged by name; `null` is a value of its own.
 * - `entries`: merged by name; `null` removes the entry.
 * - `objects`: merged by name, and then field by field.
 */
export type Handling = 'plain' | 'path' | 'command' | 'paths' | 'variables' | 'entries' | 'objects';

/** Decides which values are valid, and what happens to a valid one. The schema is built at its first use. */
export interface ValueType<Schema extends z.ZodType = z.ZodType, How extends Handling = Handling> {
  readonly schema: Schema;
  readonly handling: How;
  /** For `objects`: the fields of each object. */
  readonly fields?: SettingTree;
}

/** One value that the user can set. Its description is in `package.nls.json` under its full name. */
export interface Field<
  Type extends ValueType = ValueType,
  Planned extends boolean | undefined = boolean | undefined,
> {
  /** The type with its limits. */
  readonly type: Type;
  /** A valid value, which the generated end of the description shows. */
  readonly example: z.input<Type['schema']>;
  /** The first BentoML version that supports it. Absent: every supported version. */
  readonly since?: string;
  /** The parameter of BentoML's start functions that it sets. */
  readonly parameter?: string;
  /** Part of the request to the planner. */
  readonly planned?: Planned;
}

/** A field with an entry of its own in `contributes.configuration`, ordered there as it is declared. */
export interface Setting<
  Type extends ValueType = ValueType,
  Default = unknown,
  Planned extends boolean | undefined = boolean | undefined,
> extends Field<Type, Planned> {
  /** Applies where nothing is set. `null` and `''`: the setting is absent then. */
  readonly default: Default;
  readonly group: SettingGroupId;
  /** Default: `resource`. */
  readonly scope?: 'window' | 'machine-overridable';
  /** It can choose what runs or who can reach it: an untrusted workspace cannot set it, only the user can. */
  readonly restricted?: true;
}

/** Settings by the parts of their names: `{ http: { port } }` has `serveBento.http.port`. */
export interface SettingTree {
  readonly [name: string]: Field | SettingTree;
}

/** Declares a field of an object, such as one of `serveBento.runners`. */
export const field = <
  Type extends ValueType,
  const Planned extends boolean | undefined = undefined,
>(
  declaration: Field<Type, Planned>,
): Field<Type, Planned> => declaration;

/** Makes the function that declares the settings of one group. */
export const settingIn =
  (group: SettingGroupId) =>
  <Type extends ValueType, const Default, const Planned extends boolean | undefined = undefined>(
    declaration: Omit<Setting<Type, Default, Planned>, 'group'>,
  ): Setting<Type, Default, Planned> => ({ ...declaration, group });

export const isField = (node: Field | SettingTree): node is Field => 'type' in node;

export const isSetting = (node: Field | SettingTree): node is Setting => 'group' in node;

/** Every field of a tree by its path. */
export function fieldsOf(
  tree: SettingTree,
  path: readonly string[] = [],
): readonly (readonly [readonly string[], Field])[] {
  return Object.entries(tree).flatMap(([name, node]) =>
    isField(node) ? [[[...path, name], node] as const] : fieldsOf(node, [...path, name]),
  );
}
