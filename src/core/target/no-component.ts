import { problemTexts, say } from '../messages/message';
import { ServeError } from '../problem';

/** The error for a component or worker that a bento does not have. */
export const noComponent = (bento: string, id: string): ServeError =>
  new ServeError({ code: 'not-found', ...problemTexts(say('noComponent', { bento, id })) });
