import type * as z from 'zod';
import type { SettingTree, ValueType } from './setting';

/** Shows a type with its own members instead of the names that made it. */
type Flat<T> = { readonly [Name in keyof T]: T[Name] };

type ReadonlyValue<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : Value;

type EntryOf<Type extends ValueType> =
  z.output<Type['schema']> extends Record<string, infer Entry> ? Entry : never;

type FieldsOf<Type> = Type extends { readonly fields: infer Fields extends SettingTree }
  ? Fields
  : never;

/** The value of a field when it is in effect: expanded, merged, never `null`. */
type EffectiveValue<Type extends ValueType> = {
  plain: ReadonlyValue<NonNullable<z.output<Type['schema']>>>;
  path: string;
  command: string;
  paths: readonly string[];
  variables: Readonly<Record<string, string | null>>;
  entries: Readonly<Record<string, NonNullable<EntryOf<Type>>>>;
  objects: Readonly<Record<string, Effective<FieldsOf<Type>>>>;
}[Type['handling']];

/** A setting whose default says nothing may be absent, and so may a field without a default. */
type MayBeAbsent<Node> = Node extends { readonly default: infer Default }
  ? Default extends null | ''
    ? true
    : false
  : Node extends { readonly type: ValueType }
    ? true
    : false;

type EffectiveNode<Node> = Node extends { readonly type: infer Type extends ValueType }
  ? EffectiveValue<Type>
  : Node extends SettingTree
    ? Effective<Node>
    : never;

/** The values in effect of the settings of a tree. */
export type Effective<Tree extends SettingTree> = Flat<
  {
    readonly [
      Name in keyof Tree as MayBeAbsent<Tree[Name]> extends true ? never : Name
    ]: EffectiveNode<Tree[Name]>;
  } & {
    readonly [
      Name in keyof Tree as MayBeAbsent<Tree[Name]> extends true ? Name : never
    ]?: EffectiveNode<Tree[Name]>;
  }
>;

/** The value of a field after expansion; `null` undoes what it is merged over. */
type ExpandedValue<Type extends ValueType> = {
  plain: ReadonlyValue<z.output<Type['schema']>>;
  path: string | null;
  command: string | null;
  paths: readonly string[];
  variables: Readonly<Record<string, string | null>>;
  entries: Readonly<Record<string, EntryOf<Type>>>;
  objects: Readonly<Record<string, Expanded<FieldsOf<Type>>>>;
}[Type['handling']];

type ExpandedNode<Node> = Node extends { readonly type: infer Type extends ValueType }
  ? ExpandedValue<Type>
  : Node extends SettingTree
    ? Expanded<Node>
    : never;

/** The settings of a tree that one place sets, after expansion. */
export type Expanded<Tree extends SettingTree> = {
  readonly [Name in keyof Tree]?: ExpandedNode<Tree[Name]> | undefined;
};

type IsPlanned<Node> = Node extends { readonly type: ValueType }
  ? Node extends { readonly planned?: infer Planned }
    ? Planned extends true
      ? true
      : false
    : false
  : true extends { [Name in keyof Node]: IsPlanned<Node[Name]> }[keyof Node]
    ? true
    : false;

/** The part of a tree that is planned. */
export type PlannedTree<Tree extends SettingTree> = {
  readonly [
    Name in keyof Tree as IsPlanned<Tree[Name]> extends true ? Name : never
  ]: Tree[Name] extends {
    readonly type: ValueType;
  }
    ? Tree[Name]
    : Tree[Name] extends SettingTree
      ? PlannedTree<Tree[Name]>
      : never;
};
