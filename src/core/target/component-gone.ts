import { problemTexts, say } from '../messages/message';
import { ServeError } from '../problem';

/** The error for a component that no longer has containers or pods. */
export const componentGone = (component: string): ServeError =>
  new ServeError({
    code: 'not-found',
    component,
    ...problemTexts(say('componentGone', { component })),
  });
