import { problemTexts, say } from '../../../messages/message';
import { ServeError } from '../../../problem';
import type { ComposeProgram } from './compose-program';

/** Returns the program that inspects images and containers. @throws ServeError `engine-not-found` */
export function engineOf({ title, engine }: Pick<ComposeProgram, 'title' | 'engine'>): string {
  if (engine !== undefined) return engine;
  throw new ServeError({
    code: 'engine-not-found',
    ...problemTexts(say('composeNoEngine', { program: title })),
  });
}
