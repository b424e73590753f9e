import { createHash } from 'node:crypto';

/** What names a log for people is cut to this; what tells it from all others is not. */
const longestPart = 40;

/**
 * The name of a component's log file, without its ending: readable, valid on every file system, and of no other
 * component, also where case does not count.
 */
export function logName(folder: string, bento: string, name: string, component: string): string {
  const hash = createHash('sha256').update(JSON.stringify([folder, bento, component]));
  return [readable(name), readable(component), hash.digest('hex').slice(0, 12)].join('-');
}

const readable = (text: string): string =>
  text.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, longestPart);
