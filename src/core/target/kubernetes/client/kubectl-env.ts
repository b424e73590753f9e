/** Variables that change what commands do or print. */
const removed = new Set(['KUBECTL_EXTERNAL_DIFF', 'KUBECTL_KUBERC', 'KUBERC', 'LC_ALL']);

/**
 * Returns the environment of kubectl: the editor's own, which has its configuration and its authentication plugins, but
 * without preferences that change commands, such as other defaults of their options.
 */
export function kubectlEnv(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !removed.has(entry[0].toUpperCase()),
  );
  return {
    ...Object.fromEntries(entries),
    KUBECTL_KUBERC: 'false',
    KUBERC: 'off',
    // Messages in English, which failures are recognized by.
    LC_ALL: 'C.UTF-8',
  };
}
