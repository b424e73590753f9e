import type { Bento, Problem } from '../../core/model';

type About = Pick<Bento, 'name' | 'displayName'>;

/** A message that begins with the bento it is about: `Service (fraud): …`. */
export function messageAbout(
  { name, displayName }: About,
  message: string,
  { subject }: Pick<Problem, 'subject'> = {},
): string {
  // The component that gives the bento its name begins the message already.
  return subject === name
    ? `${displayName}${message.slice(name.length)}`
    : `${displayName}: ${message}`;
}
