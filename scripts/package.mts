// npm run package: makes out/serve-bento.vsix, and refuses one that holds too much or too little.
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Metafile } from 'esbuild';
import { projectRoot } from './cache.mts';
import { activationBytes, activationFiles, bundleProblems } from './package/bundle-structure.mts';
import { packagedManifest } from './package/packaged-manifest.mts';
import { deadTargets, packagedPage } from './package/packaged-page.mts';
import { repositoryOf } from './package/repository.mts';
import { output } from './run-program.mts';

/** What is loaded at activation. */
const activationLimits = { bytes: 250_000, files: 18 };
const vsixLimit = 760_000;
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
const staged = path.join(projectRoot, 'out/package');

/** Everything that may be in the package; source maps are not: they would double it. */
const allowed: readonly RegExp[] = [
  /^package(?:\.nls(?:\.[\w-]+)?)?\.json$/,
  /^(?:readme|changelog|license|security)(?:\.md|\.txt)?$/i,
  /^dist\/extension\.js$/,
  /^dist\/chunks\/[\w-]+\.js$/,
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
const { outputs } = JSON.parse(
  await readFile(path.join(projectRoot, 'out/metafile.json'), 'utf8'),
) as Metafile;
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
  ...bundleProblems(outputs, activationLimits),
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
    ...[...needed, ...Object.keys(outputs)]
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is missing from the package: see .vscodeignore.`),
  ];
}

async function tooLarge(): Promise<string[]> {
  const { size } = await stat(vsix);
  const kilobytes = (bytes: number): number => Math.round(bytes / 1000);
  const atActivation = `${activationFiles(outputs).length} of ${Object.keys(outputs).length} files`;
  console.log(`Activation: ${kilobytes(activationBytes(outputs))} kB in ${atActivation}`);
  console.log(`Package: ${kilobytes(size)} kB`);
  return size > vsixLimit ? [`The package is larger than ${kilobytes(vsixLimit)} kB.`] : [];
}
