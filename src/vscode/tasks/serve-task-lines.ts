/**
 * What a task of the type `serveBento` writes for the problem matcher `$serveBento`, which tells those that wait for it
 * when it begins and when it is ready. The patterns are in the manifest: so these are in English whatever the window is.
 */
export const taskLines = {
  serving: (bento: string): string => `▸ serving ${bento}`,
  ready: (bento: string, url: string | undefined): string =>
    url === undefined ? `▸ ready: ${bento}` : `▸ ready: ${bento} at ${url}`,
  failed: (message: string): string => `▸ failed: ${message}`,
};
