import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CauseContext, Explanation } from './explanation';
import { reasonOf } from './reason';
import type { RootCause } from './root-cause';
import { say } from '../messages/message';

/** Where BentoML reads its configuration. */
const reader = /[\\/]bentoml[\\/]_internal[\\/]configuration[\\/]/;
const fileVariable = 'BENTOML_CONFIG';
const optionsVariable = 'BENTOML_CONFIG_OPTIONS';
/** Keys of the configuration in BentoML's words, the outermost first. */
const wrongKey = /(?:^|\n|; )(?:Key '([^']+)' error|Wrong keys? '([^']+)')/g;
const yamlLine = /line (\d+), column \d+/g;
/** In bytes. */
const largest = 1_000_000;

/** BentoML refuses the configuration of `serveBento.bentomlConfig` or of `serveBento.bentomlConfigOptions`. */
export function wrongConfiguration(
  { raised, place }: RootCause,
  { env, workingDir }: CauseContext,
): Explanation | undefined {
  if (place !== undefined || !raised.frames.some(({ file }) => reader.test(file))) return undefined;
  const said = reasonOf(raised).replace(/^Invalid configuration file was given: /, '');
  const named = env[fileVariable] ?? '';
  const isOfOptions = /config options from the env var/.test(raised.message);
  const file = named === '' || isOfOptions ? undefined : path.resolve(workingDir, named);
  const line = file === undefined ? undefined : lineOf(raised.message, file);
  // A wrong key that is not in the file comes from the options.
  if (file === undefined || (line === undefined && (env[optionsVariable] ?? '') !== '')) {
    if ((env[optionsVariable] ?? '') === '') return undefined;
    return {
      code: 'settings',
      setting: 'serveBento.bentomlConfigOptions',
      text: say('causeOptions', { reason: said }),
      advice: say('fixOptions', { variable: optionsVariable }),
    };
  }
  const shown = path.relative(workingDir, file).startsWith('..')
    ? file
    : path.relative(workingDir, file);
  return {
    code: 'settings',
    setting: 'serveBento.bentomlConfig',
    text:
      line === undefined
        ? say('causeConfig', { file: shown, reason: said })
        : say('causeConfigLine', { file: shown, line, reason: said }),
    advice: say('fixConfig'),
    ...(existsSync(file) ? { place: { path: file, shown, line: line ?? 1 } } : {}),
  };
}

/** From 1: of the last place that the parser names, or of the innermost key that is wrong. */
function lineOf(message: string, file: string): number | undefined {
  const marks = [...message.matchAll(yamlLine)];
  const last = marks.at(-1)?.[1];
  if (last !== undefined) return Number(last);
  const keys = [...message.matchAll(wrongKey)].map(([, outer, inner]) => outer ?? inner ?? '');
  return keys.length === 0 ? undefined : lineOfKey(keys, linesOf(file));
}

function linesOf(file: string): readonly string[] {
  try {
    return statSync(file).size > largest ? [] : readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Each key after the one that holds it; of a key that is not there, nothing. */
function lineOfKey(keys: readonly string[], lines: readonly string[]): number | undefined {
  let found = -1;
  for (const key of keys) {
    const start = found + 1;
    const isKey = (line: string): boolean =>
      line
        .trimStart()
        .replace(/^["']/, '')
        .replace(/["']?\s*:.*$/s, '') === key;
    const next = lines.slice(start).findIndex(isKey);
    if (next < 0) return undefined;
    found = start + next;
  }
  return found + 1;
}
