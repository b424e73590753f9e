import type { TreeNode } from './tree/tree-node';

/** What a command is asked to act on. */
export interface Target {
  readonly bento: string;
  readonly component?: string;
}

/** The first argument of a command as a tree row, a keybinding or another extension gives it. */
export function targetOf(argument: unknown): Target | undefined {
  if (typeof argument === 'string') return { bento: argument };
  if (!isTreeNode(argument) || argument.kind === 'store') return undefined;
  return argument.kind === 'bento'
    ? { bento: argument.bento }
    : { bento: argument.bento, component: argument.component };
}

/** Only tree rows have such a kind. */
function isTreeNode(value: unknown): value is TreeNode {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'bento' || value.kind === 'component' || value.kind === 'store';
}
