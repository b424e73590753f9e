import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { output, runProgram } from '../../../scripts/run-program.mts';
import { machineEnvironment } from '../../../scripts/test-environment.mts';
import { installPackages } from './npm-packages.mts';

export interface Chromium {
  readonly executable: string;
  /** What its environment needs where the system lacks libraries or fonts. */
  readonly env: Readonly<Record<string, string>>;
}

/** A headless Chromium that needs only glibc: it brings NSS, expat and a font with it. */
export async function ensureChromium(host: string): Promise<Chromium> {
  const folder = path.join(host, 'chromium');
  if (!existsSync(folder)) await install(host, folder);
  const executable = path.join(folder, 'chromium');
  const env: Record<string, string> = {};
  const { stdout } = await runProgram('ldd', [executable]);
  if (stdout.includes('not found')) env['LD_LIBRARY_PATH'] = path.join(folder, 'lib');
  if (!hasFonts()) env['FONTCONFIG_PATH'] = path.join(folder, 'fonts');
  return { executable, env };
}

async function install(host: string, folder: string): Promise<void> {
  const packages = path.join(host, 'chromium-packages');
  await installPackages(packages, ['@sparticuz/chromium@147.0.0']);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(path.join(unfinished, 'lib'), { recursive: true });
  const unpack = path.join(import.meta.dirname, 'unpack-chromium.mts');
  // It unpacks into the temporary folder.
  const env = { ...machineEnvironment(), TMPDIR: unfinished };
  await output(process.execPath, [unpack, packages, path.join(unfinished, 'libraries.tar')], {
    env,
  });
  await output('tar', ['xf', path.join(unfinished, 'libraries.tar'), '-C', unfinished]);
  await rm(path.join(unfinished, 'libraries.tar'));
  // The package's own fonts.conf names folders of another system; without any font a page crashes.
  const fonts = path.join(folder, 'fonts');
  await writeFile(
    path.join(unfinished, 'fonts/fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fonts}</dir><cachedir>${fonts}-cache</cachedir></fontconfig>`,
  );
  await rename(unfinished, folder);
  await rm(packages, { recursive: true });
}

function hasFonts(): boolean {
  const fonts = '/usr/share/fonts';
  return existsSync('/etc/fonts/fonts.conf') && existsSync(fonts) && readdirSync(fonts).length > 0;
}
