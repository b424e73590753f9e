import type { Raised, RaisedFacts } from './traceback';

/** As Python and BentoML say it. */
const missingModule = /^No module named '([\w.]+)'/;
const systemError = /\[Errno (\d+)\](?:[^']*'([^']+)')?/;

/**
 * The fields of an exception. What it does not have as a field is read from its message: a traceback has nothing else,
 * and libraries raise exceptions that quote others.
 */
export function factsOf({ facts, message }: Raised): RaisedFacts {
  const module = facts?.module ?? missingModule.exec(message)?.[1];
  return {
    ...(module === undefined ? {} : { module }),
    ...(facts?.errno === undefined ? systemFacts(message) : facts),
  };
}

function systemFacts(message: string): RaisedFacts {
  const [, number, file] = systemError.exec(message) ?? [];
  if (number === undefined) return {};
  return { errno: Number(number), ...(file === undefined ? {} : { file }) };
}
