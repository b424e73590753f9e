import { environmentValue } from './environment-value';
import type { SettingsContext } from './settings-context';

export type Expansion =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Replaces `${workspaceFolder}`, `${userHome}`, `${env:NAME}` and a leading `~`, once: what a variable
 * brings is not read again. `unset` says what a variable of the environment that is not set means.
 */
export function expandVariables(
  text: string,
  context: SettingsContext,
  unset: 'empty' | 'refuse',
): Expansion {
  let reason: string | undefined;
  const home = /^~(?=$|[\\/])/.test(text) ? context.userHome : '';
  const expanded = text
    .slice(home === '' ? 0 : 1)
    .replace(/\$\{([^{}]*)\}/g, (whole: string, name: string) => {
      const value = variable(name, context, unset);
      if (value.ok) return value.text;
      reason ??= value.reason;
      return whole;
    });
  return reason === undefined ? { ok: true, text: home + expanded } : { ok: false, reason };
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
