/** The user's own kubectl, found and checked. */
export interface KubectlProgram {
  /** An absolute path. */
  readonly file: string;
  readonly version: string;
}

/** The context and the namespace that the user has chosen. Every command names both. */
export interface ClusterPlace {
  readonly context: string;
  readonly namespace: string;
}
