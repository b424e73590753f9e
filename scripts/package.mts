// npm run package: makes out/serve-bento.vsix, and refuses one that holds too much or too little.
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot } from './cache.mts';
import { packagedManifest } from './package/packaged-manifest.mts';
import { deadTargets, packagedPage } from './package/packaged-page.mts';
import { repositoryOf } from './package/repository.mts';
import { output } from './run-program.mts';

/** In bytes. */
const limits = { 'dist/extension.js': 250_000, 'out/serve-bento.vsix': 600_000 };
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
const staged = path.join(projectRoot, 'out/package');

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
  'package.nls.zh-cn.json',
  'l10n/bundle.l10n.zh-cn.json',
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

/** The pages of the package, which link to files that are not in it. */
const pages = ['README.md', 'CHANGELOG.md', 'SECURITY.md'];

const repository = repositoryOf(process.env);
console.log(`Repository: ${repository?.url ?? 'none'}`);
await output(process.execPath, ['scripts/build.mts', '--production'], { cwd: projectRoot });
const files = await listFiles({ cwd: projectRoot, packageManager: PackageManager.None });
await stageFiles();
const deadLinks = await stagePages();
await rm(vsix, { force: true });
await createVSIX({
  cwd: staged,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  // Checks the pages as the marketplace does.
  rewriteRelativeLinks: repository !== undefined,
  gitHubIssueLinking: false,
});
const problems = [
  ...deadLinks,
  ...wrongFiles(),
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

/** What is packaged is not quite what is in the repository. */
async function stageFiles(): Promise<void> {
  await rm(staged, { recursive: true, force: true });
  for (const file of [...files, '.vscodeignore']) {
    const to = path.join(staged, file);
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(path.join(projectRoot, file), to);
  }
  const text = await readFile(path.join(projectRoot, 'package.json'), 'utf8');
  const manifest = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const packaged = `${JSON.stringify(packagedManifest(manifest, repository), undefined, 2)}\n`;
  await writeFile(path.join(staged, 'package.json'), packaged);
}

/** Gives the links that lead nowhere. */
async function stagePages(): Promise<string[]> {
  const dead: string[] = [];
  for (const page of pages) {
    const text = await readFile(path.join(projectRoot, page), 'utf8');
    const packaged = packagedPage(text, { page, repository });
    await writeFile(path.join(staged, page), packaged);
    dead.push(...deadTargets(packaged).map((target) => `${page}: ${target} leads nowhere.`));
  }
  return dead;
}

function wrongFiles(): string[] {
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
