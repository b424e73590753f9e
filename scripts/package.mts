import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './cache.mts';

const limit = 1_000_000;
const activationBundle = 'dist/extension.js';

/** Everything that may be in the package; source maps are not: they would double it. */
const allowed: readonly RegExp[] = [
  /^package(?:\.nls)?\.json$/,
  /^(?:readme|changelog|license|security)(?:\.md|\.txt)?$/i,
  /^dist\/[\w-]+\.js$/,
  /^dist\/python\/.+\.py$/,
  /^media\/.+\.(?:svg|png|md)$/,
  /^l10n\/.+\.json$/,
];

const files = await listFiles({ cwd: projectRoot, packageManager: PackageManager.None });
const strangers = files.filter((file) => !allowed.some((pattern) => pattern.test(file)));
if (strangers.length > 0) {
  throw new Error(`These do not belong in the package: ${strangers.join(', ')}.`);
}

const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
await mkdir(path.dirname(vsix), { recursive: true });
await createVSIX({
  cwd: projectRoot,
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
});

for (const file of [path.join(projectRoot, activationBundle), vsix]) {
  const { size } = await stat(file);
  console.log(`${path.relative(projectRoot, file)}: ${Math.round(size / 1000)} kB`);
  if (size > limit) throw new Error(`${file} is larger than ${limit / 1000} kB.`);
}
