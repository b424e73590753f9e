import { environmentValue } from './environment-value';
import type { SettingsContext } from './settings-context';

export type Expansion =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Replaces `${workspaceFolder}`, `${userHome}`, `${env:NAME}` and a leading `~`, once: what a variable
 * brings is not read again. `unset` says what a variable of the environment that is not set means; a text that would
 * get longer than `longest` is refused.
 */
export function expandVariables(
  text: string,
  context: SettingsContext,
  unset: 'empty' | 'refuse',
  longest: number,
): Expansion {
  const tooLong = `it is longer than ${longest} characters when expanded`;
  let length = 0;
  let reason: string | undefined;
  const home = /^~(?=$|[\\/])/.test(text) ? context.userHome : '';
  const expanded = text
    .slice(home === '' ? 0 : 1)
    .replace(/\$\{([^{}]*)\}/g, (whole: string, name: string) => {
      const value = variable(name, context, unset);
      if (value.ok) length += value.text.length;
      // Not kept until then: a long value may be asked for thousands of times.
      if (value.ok && length <= longest) return value.text;
      reason ??= value.ok ? tooLong : value.reason;
      return whole;
    });
  if (reason !== undefined) return { ok: false, reason };
  const result = home + expanded;
  return result.length <= longest ? { ok: true, text: result } : { ok: false, reason: tooLong };
}

function variable(name: string, context: SettingsContext, unset: 'empty' | 'refuse'): Expansion {
  if (name === 'workspaceFolder') return { ok: true, text: context.workspaceFolder };
  if (name === 'userHome') return { ok: true, text: context.userHome };
  if (!name.startsWith('env:')) {
    return {
      ok: false,
      reason: 'the variables known are ${workspaceFolder}, ${userHome} and ${env:NAME}',
    };
  }
  const value = environmentValue(context.env, name.slice('env:'.length), context.platform);
  if (value !== undefined && value !== '') return { ok: true, text: value };
  return unset === 'empty'
    ? { ok: true, text: '' }
    : { ok: false, reason: 'it uses a variable of the environment that is not set' };
}
