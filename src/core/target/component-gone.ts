import { problemTexts, say } from '../messages/message';
import { ServeError } from '../problem';

/** The error for a component of which the engine has nothing any more. */
export const componentGone = (component: string): ServeError =>
  new ServeError({
    code: 'not-found',
    component,
    ...problemTexts(say('componentGone', { component })),
  });
