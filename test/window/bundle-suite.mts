import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../../scripts/cache.mts';

export const suiteFolder = path.join(projectRoot, 'out/window/compiled');

/** The module that VS Code is told to run. */
export const suiteRunner = path.join(suiteFolder, 'suite-runner/runner.js');

/** The files of a suite as the runner takes them. */
export function compiledSuite(files: readonly string[]): string {
  return JSON.stringify(files.map((file) => path.join(suiteFolder, 'suite', `${file}.js`)));
}

/** Compiles the runner and the suites for the extension host, which loads CommonJS. */
export async function bundleSuites(files: readonly string[]): Promise<void> {
  const source = (file: string) => path.join(import.meta.dirname, file);
  await build({
    entryPoints: [
      source('suite-runner/runner.ts'),
      ...files.map((file) => source(`suite/${file}.ts`)),
    ],
    outbase: import.meta.dirname,
    outdir: suiteFolder,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // Mocha finds its parts by requiring them at run time, from this project's node_modules.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}
