import path from 'node:path';

export const projectRoot = path.dirname(import.meta.dirname);

/** Where downloaded and made things live that are dear to make anew: environments, browsers, editors. */
export function cacheFolder(): string {
  return path.resolve(process.env['SERVE_BENTO_CACHE'] ?? path.join(projectRoot, '.cache'));
}
