import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../../scripts/cache.mts';

/** The sources are written for a bundler: Node gets them bundled. */
export async function importBundled(file: string): Promise<unknown> {
  // As deep as scripts/cache.mts, which finds the project from where it is itself.
  const folder = path.join(projectRoot, 'out');
  await mkdir(folder, { recursive: true });
  const outfile = path.join(folder, `bench-${path.basename(file, '.ts')}.mjs`);
  await build({
    absWorkingDir: projectRoot,
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    alias: { vscode: './test/support/fake-vscode/index.ts' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return import(outfile);
}
