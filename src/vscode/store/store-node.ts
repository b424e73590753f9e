import type { StoreKind } from '../../core/discovery/store-versions';
import type { BentoNode } from '../tree/tree-node';

/** What a row of the store's view stands for. A bento's version is what it is in the other view, for the commands. */
export type StoreNode = GroupNode | NameNode | BentoNode | ModelNode;

export interface GroupNode {
  readonly kind: 'group';
  readonly of: StoreKind;
}

export interface NameNode {
  readonly kind: 'name';
  readonly of: StoreKind;
  readonly name: string;
}

export interface ModelNode {
  readonly kind: 'model';
  readonly tag: string;
}

export const storeNodeKey = (node: StoreNode): string => {
  switch (node.kind) {
    case 'group':
      return node.of;
    case 'name':
      return `${node.of} ${node.name}`;
    case 'bento':
      return `bento ${node.bento}`;
    case 'model':
      return `model ${node.tag}`;
  }
};

/** A bento or a model of the store. */
export interface StoreVersionTag {
  readonly kind: StoreKind;
  readonly tag: string;
}

/** The version that a command's first argument means: a row, or the id of a bento. */
export function versionOf(argument: unknown): StoreVersionTag | undefined {
  if (typeof argument === 'string') return ofBento(argument);
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { kind, bento, tag } = argument as Record<string, unknown>;
  if (kind === 'bento' && typeof bento === 'string') return ofBento(bento);
  return kind === 'model' && typeof tag === 'string' ? { kind: 'models', tag } : undefined;
}

const idStart = 'store:';

const ofBento = (id: string): StoreVersionTag | undefined =>
  id.startsWith(idStart) ? { kind: 'bentos', tag: id.slice(idStart.length) } : undefined;
