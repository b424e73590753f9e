import type { PythonTools } from './probe-report';

/** How packages get into an interpreter's environment. Runs outside the workspace, whose files could take pip's place. */
export interface InstallCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Arguments of the interpreter that give it pip first. */
  readonly bootstrap?: readonly string[];
}

type Installers = Pick<PythonTools, 'isolation' | 'installers'>;

/**
 * Its own pip, else uv, else the pip that Python brings along; nothing where there is none of these.
 * @param uv the absolute path of a uv on the PATH
 */
export function installCommand(
  python: string,
  packages: readonly string[],
  tools: Installers,
  uv: string | undefined,
): InstallCommand | undefined {
  const args = ['--', ...packages];
  const found = ownInstaller(python, args, tools, uv);
  if (found !== undefined || !tools.installers.includes('ensurepip')) return found;
  return { ...withPip(python, args, tools), bootstrap: [tools.isolation, '-m', 'ensurepip'] };
}

/**
 * Installs into a folder, and changes nothing of the environment: by its own pip, else by uv; nothing where there is
 * neither.
 * @param pins a file of requirements with hashes
 * @param uv the absolute path of a uv on the PATH
 */
export function targetInstallCommand(
  python: string,
  { folder, pins }: { readonly folder: string; readonly pins: string },
  tools: Installers,
  uv: string | undefined,
): InstallCommand | undefined {
  const args = ['--target', folder, '--no-deps', '--only-binary', ':all:', '--require-hashes'];
  return ownInstaller(python, [...args, '-r', pins], tools, uv);
}

function ownInstaller(
  python: string,
  args: readonly string[],
  tools: Installers,
  uv: string | undefined,
): InstallCommand | undefined {
  const { isolation, installers } = tools;
  if (installers.includes('pip')) return withPip(python, args, tools);
  const withUv = ['pip', 'install', '--python', python, ...args];
  if (installers.includes('uv')) return { file: python, args: [isolation, '-m', 'uv', ...withUv] };
  return uv === undefined ? undefined : { file: uv, args: withUv };
}

const withPip = (
  python: string,
  args: readonly string[],
  { isolation }: Installers,
): InstallCommand => ({ file: python, args: [isolation, '-m', 'pip', 'install', ...args] });
