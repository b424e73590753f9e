import { build, context, type BuildOptions, type Plugin } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, watch as watchFiles, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './cache.mts';
import { writePythonHashes } from './python-hashes.mts';
import { thirdPartyNotices } from './third-party-notices.mts';

const dist = path.join(projectRoot, 'dist');
const pythonSources = path.join(projectRoot, 'src/python');
const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');

const common: BuildOptions = {
  absWorkingDir: projectRoot,
  bundle: true,
  platform: 'node',
  // What else some packages have as `main` (UMD) cannot be bundled.
  mainFields: ['module', 'main'],
  // What VS Code 1.101 runs.
  target: 'node22',
  format: 'cjs',
  minify: production,
  sourcemap: production ? false : 'linked',
  // The watch task waits for "build finished".
  logLevel: watching ? 'info' : 'warning',
  metafile: true,
  outdir: dist,
};

/** Activation loads only what it needs: the rest are bundles of their own, imported when it comes to them. */
const apart: Plugin = {
  name: 'apart',
  setup: (esbuild) => {
    esbuild.onResolve(
      { filter: /\/(?:create-certificate|grpc-client|later|start-program)$/ },
      ({ kind, path: imported }) =>
        kind === 'dynamic-import'
          ? { path: `./${path.posix.basename(imported)}.js`, external: true }
          : undefined,
    );
  },
};

/**
 * A namespace of a module that is not bundled is a copy of it, made anew for each file that imports it: of `vscode`
 * with its hundreds of names, that takes most of the time of activation. Required, it is the module itself.
 */
const vscodeItself: Plugin = {
  name: 'vscode itself',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(
        "import * as vscode from 'vscode';",
        "const vscode = require('vscode');",
      ),
      loader: 'ts',
      watchFiles: [file],
    }));
  },
};

const bundles: readonly BuildOptions[] = [
  { entryPoints: ['src/extension.ts'] },
  { entryPoints: ['src/vscode/later.ts'], entryNames: '[name]' },
  { entryPoints: ['src/core/programs/start-program.ts'], entryNames: '[name]' },
  { entryPoints: ['src/core/health/grpc-client.ts'], entryNames: '[name]' },
  { entryPoints: ['src/vscode/commands/create-certificate.ts'], entryNames: '[name]' },
].map((bundle) => ({ ...common, ...bundle, external: ['vscode'], plugins: [apart, vscodeItself] }));

async function copyPython(): Promise<void> {
  const to = path.join(dist, 'python');
  for (const file of await readdir(pythonSources, { recursive: true })) {
    if (!file.endsWith('.py')) continue;
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await cp(path.join(pythonSources, file), path.join(to, file));
  }
  await writePythonHashes(to);
}

async function watch(): Promise<void> {
  await copyPython();
  for (const bundle of bundles) await (await context(bundle)).watch();
  for await (const { filename } of watchFiles(pythonSources, { recursive: true })) {
    if (filename?.endsWith('.py')) await copyPython();
  }
}

async function buildOnce(): Promise<void> {
  const results = await Promise.all(bundles.map((bundle) => build(bundle)));
  await copyPython();
  const metafiles = results.flatMap(({ metafile }) => metafile ?? []);
  const notices = path.join(dist, 'third-party-notices.txt');
  await writeFile(notices, await thirdPartyNotices(metafiles));
  await mkdir(path.join(projectRoot, 'out'), { recursive: true });
  await writeFile(path.join(projectRoot, 'out/metafiles.json'), JSON.stringify(metafiles));
}

await rm(dist, { recursive: true, force: true });
await (watching ? watch() : buildOnce());
