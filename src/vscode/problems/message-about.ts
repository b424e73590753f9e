import type { Bento, Problem } from '../../core/model';

type About = Pick<Bento, 'name' | 'displayName' | 'components'>;

/** A message that begins with the bento it is about: `Service (fraud): …`. */
export function messageAbout(
  { name, displayName, components }: About,
  message: string,
  { component }: Pick<Problem, 'component'> = {},
): string {
  const subject = components.find(({ id }) => id === component)?.name;
  // The component that gives the bento its name begins the message already.
  return subject === name && message.startsWith(`${name} `)
    ? `${displayName}${message.slice(name.length)}`
    : `${displayName}: ${message}`;
}
