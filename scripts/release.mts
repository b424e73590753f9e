// node scripts/release.mts check TAG: fails unless the tag, package.json and CHANGELOG.md have the same version.
// node scripts/release.mts files: makes out/release, which is published, of the last package.
import type { Metafile } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { packageFolders } from './audit/package-folders.mts';
import { projectRoot } from './cache.mts';
import { changelogSection } from './release/changelog-section.mts';
import { releaseProblem } from './release/release-problem.mts';
import { shippedComponents, type ShippedPackage } from './release/shipped-components.mts';
import { output } from './run-program.mts';

const out = path.join(projectRoot, 'out/release');
const read = (file: string): Promise<string> => readFile(path.join(projectRoot, file), 'utf8');
const manifest = z.object({ name: z.string(), version: z.string() });
const { name, version } = manifest.parse(JSON.parse(await read('package.json')));

const [command, tag = ''] = process.argv.slice(2);
if (command === 'check') {
  const problem = releaseProblem(tag, version, await read('CHANGELOG.md'));
  if (problem !== undefined) console.error(problem);
  process.exitCode = problem === undefined ? 0 : 1;
} else if (command === 'files') {
  await makeFiles();
} else {
  console.error('Name a command: check TAG, or files.');
  process.exitCode = 2;
}

async function makeFiles(): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const vsix = `${name}-${version}.vsix`;
  const sbom = `${name}-${version}.cdx.json`;
  await copyFile(path.join(projectRoot, 'out/serve-bento.vsix'), path.join(out, vsix));
  await writeFile(path.join(out, sbom), await billOfMaterials());
  await writeFile(path.join(out, 'SHA256SUMS'), await checksums([vsix, sbom]));
  const notes = changelogSection(await read('CHANGELOG.md'), version) ?? '';
  await writeFile(path.join(out, 'notes.md'), `${notes}\n`);
}

async function billOfMaterials(): Promise<string> {
  const all = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  return shippedComponents(await output('npm', all, { cwd: projectRoot }), await shippedPackages());
}

async function shippedPackages(): Promise<readonly ShippedPackage[]> {
  const folders = packageFolders(JSON.parse(await read('out/metafile.json')) as Metafile);
  return Promise.all(
    [...folders].map(async (folder) =>
      manifest.parse(JSON.parse(await read(path.join(folder, 'package.json')))),
    ),
  );
}

async function checksums(files: readonly string[]): Promise<string> {
  const lines = files.map(async (file) => {
    const hash = createHash('sha256').update(await readFile(path.join(out, file)));
    return `${hash.digest('hex')}  ${file}\n`;
  });
  return (await Promise.all(lines)).join('');
}
