import { mask } from '../../containers/masked-variables';
import type { Kubectl } from './kubectl';

/** Returns the output of `kubectl describe`, in which values of variables are masked. @throws ServeError */
export const describe = async (
  kubectl: Kubectl,
  object: string,
  signal: AbortSignal,
): Promise<string> => withMaskedVariables(await kubectl.query(['describe', object], { signal }));

const heading = /^(\s*)Environment:\s*$/;
const variable = /^(\s+)([^\s:][^:]*):(\s*)(.*)$/;
/** The source of a value, which kubectl prints instead of the value. */
const source =
  /^<set to the key '[^']*' (?:in|of) (?:secret|config map) '[^']*'>(?:\s+Optional: \w+)?$/;

/**
 * Masks the values in the sections `Environment:`. The lines of a variable begin at the same column; a line of a value
 * with several lines begins further right, and is left out.
 */
export function withMaskedVariables(description: string): string {
  let section: number | undefined;
  let column: number | undefined;
  const lines = description.split('\n').flatMap((line) => {
    const indent = line.length - line.trimStart().length;
    if (section !== undefined && line.trim() === '') return [];
    if (section !== undefined && indent > section) {
      column ??= indent;
      return indent === column ? [masked(line)] : [];
    }
    section = heading.exec(line)?.[1]?.length;
    column = undefined;
    return [line];
  });
  return lines.join('\n');
}

function masked(line: string): string {
  const match = variable.exec(line);
  if (match === null) return '';
  const [, indent = '', name = '', gap = '', value = ''] = match;
  return `${indent}${name}:${gap}${value === '' || source.test(value) ? value : mask}`;
}
