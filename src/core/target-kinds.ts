/** The kinds of places where bentos run: this machine, an engine that runs Compose files, or a cluster. */
export const targetKinds = ['local', 'compose', 'kubernetes'] as const;

export type TargetKind = (typeof targetKinds)[number];
