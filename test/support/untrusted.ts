import { ServeError } from '../../src/core/problem';

/** What is asked in a workspace that is not trusted. */
export function untrusted(): never {
  throw new ServeError({ code: 'untrusted', message: 'The folder is not trusted.' });
}
