import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { output } from '../../scripts/run-program.mts';

/** Where programs look for libraries and each other, as links into `/usr` like on this machine. */
const links = ['bin', 'sbin', 'lib', 'lib64'];

/** Makes an archive of the files in `root`, to which it adds the folders of a system: an image without programs. */
export async function imageArchive(root: string): Promise<string> {
  for (const name of ['usr', 'tmp', 'run', 'etc', 'dev', 'proc', 'sys']) {
    await mkdir(path.join(root, name), { recursive: true });
  }
  for (const name of links) {
    if (existsSync(path.join('/usr', name))) await symlink(`usr/${name}`, path.join(root, name));
  }
  await chmod(root, 0o755);
  const archive = `${root}.tar`;
  await output('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}

/** Builds the bento of a folder without looking up packages, and copies it to where images of BentoML have it. */
export async function buildInto(
  root: string,
  { python, folder, bento }: { python: string; folder: string; bento: string },
): Promise<void> {
  const buildFile = path.join(folder, 'bentofile.yaml');
  const options = parse(await readFile(buildFile, 'utf8')) as { readonly python?: object };
  const offline = { ...options, python: { ...options.python, lock_packages: false } };
  await writeFile(buildFile, stringify(offline));
  const home = path.join(folder, 'home');
  const env = { ...process.env, BENTOML_HOME: home, BENTOML_DO_NOT_TRACK: 'True' };
  await output(python, ['-m', 'bentoml', 'build', '--version', 'one'], { cwd: folder, env });
  const inImage = path.join(root, 'home/bentoml/bento');
  await cp(path.join(home, 'bentos', bento, 'one'), inImage, { recursive: true });
  // The user of containers can read it, as in images of BentoML.
  await output('chmod', ['-R', 'a+rX', inImage]);
}
