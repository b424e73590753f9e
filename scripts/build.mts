import { build, context, type BuildOptions, type Plugin } from 'esbuild';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './cache.mts';

const dist = path.join(projectRoot, 'dist');
const production = process.argv.includes('--production');

const common: BuildOptions = {
  absWorkingDir: projectRoot,
  bundle: true,
  platform: 'node',
  // What VS Code 1.101 runs.
  target: 'node22',
  format: 'cjs',
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  metafile: true,
  outdir: dist,
};

/** Activation loads only what it needs: the gRPC client is a bundle of its own, imported with the first gRPC component. */
const grpcClientApart: Plugin = {
  name: 'grpc-client-apart',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /\/grpc-client$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './grpc-client.js', external: true } : undefined,
    );
  },
};

const bundles: readonly BuildOptions[] = [
  { entryPoints: ['src/extension.ts'], external: ['vscode'], plugins: [grpcClientApart] },
  { entryPoints: { 'grpc-client': 'src/core/health/grpc-client.ts' } },
].map((bundle) => ({ ...common, ...bundle }));

async function copyPython(): Promise<void> {
  const from = path.join(projectRoot, 'src/python');
  const to = path.join(dist, 'python');
  for (const file of await readdir(from, { recursive: true })) {
    if (!file.endsWith('.py')) continue;
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await cp(path.join(from, file), path.join(to, file));
  }
}

await rm(dist, { recursive: true, force: true });
if (process.argv.includes('--watch')) {
  await copyPython();
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  const results = await Promise.all(bundles.map((bundle) => build(bundle)));
  await copyPython();
  const metafiles = results.map(({ metafile }) => metafile);
  await mkdir(path.join(projectRoot, 'out'), { recursive: true });
  await writeFile(path.join(projectRoot, 'out/metafiles.json'), JSON.stringify(metafiles));
}
