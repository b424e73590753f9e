import type { BentoSurroundings } from '../serve/serve-questions';

/** What BentoML's command line does with a bento, beside serving it. */
export type BentomlAction = 'build' | 'containerize';

/**
 * The arguments of the interpreter, started in the bento's working directory: `build` for a project, `containerize` for
 * a bento of the store.
 */
export function bentomlArguments(
  action: BentomlAction,
  { bento, settings }: Pick<BentoSurroundings, 'bento' | 'settings'>,
): readonly string[] {
  switch (action) {
    case 'build':
      return ['-m', 'bentoml', 'build', ...buildArguments(settings.args), '.'];
    case 'containerize':
      return ['-m', 'bentoml', 'containerize', bento.reference];
  }
}

const buildArguments = (
  args: Readonly<Record<string, string | number | boolean>>,
): readonly string[] =>
  Object.entries(args).flatMap(([name, value]) => ['--arg', `${name}=${String(value)}`]);
