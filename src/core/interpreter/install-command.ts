import type { PythonTools } from './probe-report';

/** How packages get into an interpreter's environment. Runs outside the workspace, whose files could take pip's place. */
export interface InstallCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Arguments of the interpreter that give it pip first. */
  readonly bootstrap?: readonly string[];
}

/**
 * Its own pip, else uv, else the pip that Python brings along; nothing where there is none of these.
 * @param uv the absolute path of a uv on the PATH
 */
export function installCommand(
  python: string,
  packages: readonly string[],
  { isolation, installers }: PythonTools,
  uv: string | undefined,
): InstallCommand | undefined {
  const pip = [isolation, '-m', 'pip', 'install', '--', ...packages];
  const withUv = ['pip', 'install', '--python', python, '--', ...packages];
  if (installers.includes('pip')) return { file: python, args: pip };
  if (installers.includes('uv')) return { file: python, args: [isolation, '-m', 'uv', ...withUv] };
  if (uv !== undefined) return { file: uv, args: withUv };
  if (!installers.includes('ensurepip')) return undefined;
  return { file: python, args: pip, bootstrap: [isolation, '-m', 'ensurepip'] };
}
