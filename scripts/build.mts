import { build, context, type BuildOptions } from 'esbuild';
import { cp, mkdir, readdir, rm, watch as watchFiles, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commonJsChunks } from './build/commonjs-chunks.mts';
import { projectRoot } from './cache.mts';
import { writePythonHashes } from './python-hashes.mts';
import { thirdPartyNotices } from './third-party-notices.mts';

const dist = path.join(projectRoot, 'dist');
const pythonSources = path.join(projectRoot, 'src/python');
const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');

/**
 * The entry point has what activation needs. Each `import()` loads chunks of its own, and modules that several of them
 * use are in shared chunks, so that every class exists once.
 */
const options: BuildOptions = {
  absWorkingDir: projectRoot,
  entryPoints: ['src/extension.ts'],
  bundle: true,
  splitting: true,
  format: 'esm',
  plugins: [commonJsChunks],
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  // grpc-js loads the latter only for channelz and ORCA, which we do not use. It would be a tenth of the package.
  external: ['vscode', '@grpc/proto-loader'],
  // The other files that some packages have as `main` (UMD) cannot be bundled.
  mainFields: ['module', 'main'],
  // VS Code 1.101 runs this version.
  target: 'node22',
  minify: production,
  sourcemap: production ? false : 'inline',
  sourcesContent: false,
  // The watch task waits for "build finished".
  logLevel: watching ? 'info' : 'warning',
  outdir: dist,
};

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
  await (await context(options)).watch();
  for await (const { filename } of watchFiles(pythonSources, { recursive: true })) {
    if (filename?.endsWith('.py')) await copyPython();
  }
}

async function buildOnce(): Promise<void> {
  const { metafile } = await build({ ...options, metafile: true });
  await copyPython();
  const notices = path.join(dist, 'third-party-notices.txt');
  await writeFile(notices, await thirdPartyNotices(metafile));
  await mkdir(path.join(projectRoot, 'out'), { recursive: true });
  await writeFile(path.join(projectRoot, 'out/metafile.json'), JSON.stringify(metafile));
}

await rm(dist, { recursive: true, force: true });
await (watching ? watch() : buildOnce());
