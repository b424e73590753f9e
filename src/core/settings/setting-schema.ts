import * as z from 'zod';
import { say } from '../messages/message';
import { isPlainObject } from './plain-copy';
import { isField, type SettingTree, type ValueType } from './setting';
import { rule } from './value-rule';

type NodeSchema<Node> = Node extends { readonly type: infer Type extends ValueType }
  ? Type['schema']
  : Node extends SettingTree
    ? TreeSchema<Node>
    : never;

/** The zod schema of an object with the settings of a tree. */
export type TreeSchema<Tree extends SettingTree> = z.ZodObject<
  { -readonly [Name in keyof Tree]: z.ZodOptional<NodeSchema<Tree[Name]>> },
  z.core.$strict
>;

/**
 * Builds the schema of an object in which every setting of the tree may be absent, and nothing else may occur. With
 * `values`, the schema is for this object only, and has only the settings that occur in it.
 */
export function schemaOf<Tree extends SettingTree>(tree: Tree, values?: unknown): TreeSchema<Tree> {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, node] of Object.entries(tree)) {
    if (isPlainObject(values) && !Object.hasOwn(values, name)) continue;
    const value = isPlainObject(values) ? values[name] : undefined;
    shape[name] = (isField(node) ? node.type.schema : schemaOf(node, value)).optional();
  }
  const names = Object.keys(tree).join(', ');
  return z.strictObject(shape, {
    // For an unknown name, `lenientRead` lists the known ones.
    error: ({ code }) =>
      code === 'unrecognized_keys' ? names : rule(say('ruleObject', { names })).error,
  }) as unknown as TreeSchema<Tree>;
}
