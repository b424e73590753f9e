import path from 'node:path';
import type { LaunchContext } from '../registry/launch-context';

/** What BentoML's command line does with a bento, beside serving it. */
export type BentomlAction = 'build' | 'containerize';

export interface BentomlCommand {
  /** As people would type it. */
  readonly title: string;
  /** Of the interpreter. */
  readonly args: readonly string[];
  readonly cwd: string;
}

interface CommandOptions {
  /** The folder of our own Python scripts. */
  readonly scripts: string;
  /** Of `containerize`; default: BentoML's own choice. */
  readonly backend?: string | undefined;
  /** Of `build`, absolute; default: what BentoML finds in the working directory. */
  readonly buildFile?: string | undefined;
}

/**
 * `build` for a project or the service of a file, in its working directory; `containerize` for a bento of the store, which needs none of its
 * files, and so runs where no file of the bento can take the place of a module. Both go through `run_bentoml.py`:
 * `python -m bentoml` would import modules of the working directory first, which the program `bentoml` does not.
 */
export function bentomlCommand(
  action: BentomlAction,
  { bento, settings }: Pick<LaunchContext, 'bento' | 'settings'>,
  { scripts, backend, buildFile }: CommandOptions,
): BentomlCommand {
  const words =
    action === 'build'
      ? ['build', ...buildArguments(settings.args), ...whatToBuild(bento, buildFile)]
      : ['containerize', ...(backend === undefined ? [] : ['--backend', backend]), bento.reference];
  return {
    title: ['bentoml', ...words].join(' '),
    args: [`${scripts}/run_bentoml.py`, ...words],
    cwd: action === 'build' ? bento.workingDir : scripts,
  };
}

/** BentoML looks for `bentofile.yaml` first; any other build file is named. */
function whatToBuild(
  { source, reference, workingDir }: LaunchContext['bento'],
  buildFile: string | undefined,
): readonly string[] {
  if (source === 'file') return [reference];
  const file = buildFile === undefined ? undefined : path.relative(workingDir, buildFile);
  return file === undefined || file === 'bentofile.yaml' ? ['.'] : ['-f', file, '.'];
}

const buildArguments = (
  args: Readonly<Record<string, string | number | boolean>>,
): readonly string[] =>
  Object.entries(args).flatMap(([name, value]) => ['--arg', `${name}=${String(value)}`]);
