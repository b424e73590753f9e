// npm run audit: fails on known vulnerabilities of the packages whose code is in the bundle of the last build.
import type { Metafile } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageFolders } from './audit/package-folders.mts';
import { shippedVulnerabilities } from './audit/shipped-vulnerabilities.mts';
import { projectRoot } from './cache.mts';
import { runProgram } from './run-program.mts';

const metafile = path.join(projectRoot, 'out/metafile.json');
const shipped = packageFolders(JSON.parse(await readFile(metafile, 'utf8')) as Metafile);
// Everything is a development dependency here: what is shipped is what the bundle contains.
const { stdout, stderr } = await runProgram('npm', ['audit', '--json'], { cwd: projectRoot });
const found = shippedVulnerabilities(stdout, shipped);
if (found === undefined) {
  // A registry that mirrors packages may have no such service. On GitHub the run then shows a warning.
  const mark = process.env['GITHUB_ACTIONS'] === 'true' ? '::warning::' : '';
  const answer = (stderr || stdout).trim().replaceAll(/\s+/g, ' ').slice(0, 300);
  console.log(
    `${mark}Vulnerabilities were not checked: the package registry gave no report (${answer}).`,
  );
} else {
  for (const { name, severity, titles } of found) {
    console.error(`${name} (${severity}): ${titles.join('; ')}`);
  }
  console.log(`${shipped.size} packages are shipped, ${found.length} with known vulnerabilities.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
