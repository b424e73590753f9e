import { createHash } from 'node:crypto';

/** What names a log for people is cut to this; what tells it from all others is not. */
const longestPart = 40;
const hashLength = 8;
const parts = /^(\w*)-(\w*)-([0-9a-f]{8})([0-9a-f]{8})(?:\.(\d+))?\.log$/;

/** What the name of a log file says. */
export interface LogNameParts {
  /** Of the bento, readable: other characters than letters, digits and `_` are lost. */
  readonly name: string;
  /** The id of the component, readable as the name is. */
  readonly component: string;
  /** See `bentoKey`. */
  readonly bentoKey: string;
  /** See `componentKey`. */
  readonly componentKey: string;
  /** 0: it is written. From 1: an older piece of it. */
  readonly piece: number;
}

/**
 * The name of a component's log file, without its ending: readable, valid on every file system, and of no other
 * component, also where case does not count.
 */
export function logName(folder: string, bento: string, name: string, component: string): string {
  const keys = `${bentoKey(folder, bento)}${componentKey(folder, bento, component)}`;
  return [readable(name), readable(component), keys].join('-');
}

/** The same for all logs of a bento. */
export const bentoKey = (folder: string, bento: string): string => hashOf([folder, bento]);

export const componentKey = (folder: string, bento: string, component: string): string =>
  hashOf([folder, bento, component]);

/** Undefined for a file that is no log of ours. */
export function parseLogName(file: string): LogNameParts | undefined {
  const found = parts.exec(file);
  if (found === null) return undefined;
  const [, name = '', component = '', bento = '', own = '', piece = '0'] = found;
  return { name, component, bentoKey: bento, componentKey: own, piece: Number(piece) };
}

const hashOf = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, hashLength);

const readable = (text: string): string =>
  text.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, longestPart);
