/** What a row stands for. One object for one thing as long as it is there: VS Code finds rows by it. */
export type TreeNode = BentoNode | ComponentNode | WorkerNode | StoreNode;

export interface BentoNode {
  readonly kind: 'bento';
  readonly bento: string;
}

export interface ComponentNode {
  readonly kind: 'component';
  readonly bento: string;
  readonly component: string;
}

/** A container or pod of a component. */
export interface WorkerNode {
  readonly kind: 'worker';
  readonly bento: string;
  readonly component: string;
  readonly worker: string;
}

export interface StoreNode {
  readonly kind: 'store';
}

export const nodeKey = (node: TreeNode): string => {
  switch (node.kind) {
    case 'store':
      return 'store';
    case 'bento':
      return `bento ${node.bento}`;
    case 'component':
      return `component ${node.bento} ${node.component}`;
    case 'worker':
      return `worker ${node.bento} ${node.component} ${node.worker}`;
  }
};
