// npm run package: makes out/serve-bento.vsix, and refuses one that holds too much or too little.
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot } from './cache.mts';

/** In bytes. */
const limits = { 'dist/extension.js': 250_000, 'out/serve-bento.vsix': 600_000 };
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');

/** Everything that may be in the package; source maps are not: they would double it. */
const allowed: readonly RegExp[] = [
  /^package(?:\.nls(?:\.[\w-]+)?)?\.json$/,
  /^(?:readme|changelog|license|security)(?:\.md|\.txt)?$/i,
  /^dist\/[\w-]+\.js$/,
  /^dist\/third-party-notices\.txt$/,
  /^dist\/python\/.+\.py$/,
  /^dist\/python\/hashes\.json$/,
  /^media\/.+\.(?:svg|png|md|schema\.json)$/,
  /^l10n\/.+\.json$/,
];

const needed: readonly string[] = [
  'package.json',
  'package.nls.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'dist/extension.js',
  'dist/later.js',
  'dist/start-program.js',
  'dist/grpc-client.js',
  'dist/create-certificate.js',
  'dist/third-party-notices.txt',
  'dist/python/helper/__main__.py',
  'dist/python/hashes.json',
  'media/bentofile.schema.json',
  'media/icon.svg',
  'media/icon.png',
];

await mkdir(path.dirname(vsix), { recursive: true });
await rm(vsix, { force: true });
// Builds first: `vscode:prepublish`.
await createVSIX({
  cwd: projectRoot,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  // There is no repository to rewrite them to; the pictures of the README stay outside the package.
  rewriteRelativeLinks: false,
});
const problems = [
  ...(await wrongFiles()),
  ...(await tooLarge()),
  ...(await heavyAtActivation()),
  ...(await copiesOfVscode()),
];
if (problems.length > 0) {
  // Nobody is to test or publish it.
  await rm(vsix, { force: true });
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

async function wrongFiles(): Promise<string[]> {
  const files = await listFiles({ cwd: projectRoot, packageManager: PackageManager.None });
  console.log(`${files.length} files`);
  return [
    ...files
      .filter((file) => !allowed.some((pattern) => pattern.test(file)))
      .map((file) => `${file} does not belong in the package: see .vscodeignore.`),
    ...needed
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is missing from the package: see .vscodeignore.`),
  ];
}

async function tooLarge(): Promise<string[]> {
  const problems: string[] = [];
  for (const [file, limit] of Object.entries(limits)) {
    const { size } = await stat(path.join(projectRoot, file));
    console.log(`${file}: ${Math.round(size / 1000)} kB`);
    if (size > limit) problems.push(`${file} is larger than ${limit / 1000} kB.`);
  }
  return problems;
}

/** What is wanted only once something is served is not loaded by every window. */
async function heavyAtActivation(): Promise<string[]> {
  const output = z.object({
    inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })),
  });
  const metafile = z.object({ outputs: z.record(z.string(), output) });
  const file = path.join(projectRoot, 'out/metafiles.json');
  const metafiles = z.array(metafile).parse(JSON.parse(await readFile(file, 'utf8')));
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.entries(outputs['dist/extension.js']?.inputs ?? {}),
  );
  if (inputs.length === 0)
    return ['out/metafiles.json does not tell what dist/extension.js holds.'];
  return inputs
    .filter(([input, { bytesInOutput }]) => input.includes('node_modules/') && bytesInOutput > 0)
    .map(([input]) => `dist/extension.js holds ${input}: import it in later.ts.`);
}

/** See build.mts: it looks for `import * as vscode from 'vscode'`, and nothing else. */
async function copiesOfVscode(): Promise<string[]> {
  const files = ['dist/extension.js', 'dist/later.js', 'dist/create-certificate.js'];
  const texts = await Promise.all(
    files.map((file) => readFile(path.join(projectRoot, file), 'utf8')),
  );
  return files
    .filter((_, index) => texts[index]?.includes('(require("vscode"))') === true)
    .map((file) => `${file} makes copies of vscode: write import * as vscode from 'vscode'.`);
}
