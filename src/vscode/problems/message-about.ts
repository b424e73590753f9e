import type { Bento, Problem } from '../../core/model';
import type { Localize } from '../localize';
import { messageOf, renamed } from './problem-text';

type About = Pick<Bento, 'name' | 'displayName'>;

/** A message that begins with the bento it is about: `Service (fraud): …`. */
export const messageAbout = (
  { displayName }: Pick<About, 'displayName'>,
  message: string,
): string => `${displayName}: ${message}`;

/** The same of a problem. The component that gives the bento its name begins the message already. */
export function problemAbout(bento: About, problem: Problem, l10n: Localize): string {
  const { name, displayName } = bento;
  const isNamed = problem.subject === name && problem.texts !== undefined;
  return isNamed
    ? messageOf(renamed(problem, displayName), l10n)
    : messageAbout(bento, messageOf(problem, l10n));
}
