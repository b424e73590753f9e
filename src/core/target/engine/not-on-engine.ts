import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';

/** The error for an action on the containers or pods of a bento that has none. */
export const notOnEngine = (bento: string): ServeError =>
  new ServeError({ code: 'not-found', ...problemTexts(say('engineNotServed', { bento })) });
