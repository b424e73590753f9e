import { environmentValue } from './environment-value';
import type { SettingsContext } from './settings-context';
import { say, type Message } from '../messages/message';

export type Expansion =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: Message };

/**
 * Replaces `${workspaceFolder}`, `${userHome}`, `${env:NAME}` and a leading `~` once: values are not expanded again. In
 * an `environment`, a variable that is not set is empty, and `${secret:NAME}` stays, to be replaced at each serve. In a
 * `path` both are errors. A text that would become longer than `longest` is an error, too.
 */
export function expandVariables(
  text: string,
  context: SettingsContext,
  use: 'environment' | 'path',
  longest: number,
): Expansion {
  const tooLong = say('expandedTooLong', { max: longest });
  let length = 0;
  let reason: Message | undefined;
  const home = /^~(?=$|[\\/])/.test(text) ? context.userHome : '';
  const expanded = text
    .slice(home === '' ? 0 : 1)
    .replace(/\$\{([^{}]*)\}/g, (whole: string, name: string) => {
      const value = variable(name, context, use);
      if (value.ok) length += value.text.length;
      // Stop inserting values then: a long one could be used thousands of times.
      if (value.ok && length <= longest) return value.text;
      reason ??= value.ok ? tooLong : value.reason;
      return whole;
    });
  if (reason !== undefined) return { ok: false, reason };
  const result = home + expanded;
  return result.length <= longest ? { ok: true, text: result } : { ok: false, reason: tooLong };
}

function variable(name: string, context: SettingsContext, use: 'environment' | 'path'): Expansion {
  if (name === 'workspaceFolder') return { ok: true, text: context.workspaceFolder };
  if (name === 'userHome') return { ok: true, text: context.userHome };
  if (/^secret:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    return use === 'environment'
      ? { ok: true, text: `\${${name}}` }
      : { ok: false, reason: say('expandedSecret') };
  }
  if (!name.startsWith('env:')) {
    return {
      ok: false,
      reason: say('expandedUnknown', {
        ...{ known: '${workspaceFolder}, ${userHome}, ${env:NAME}', secret: '${secret:NAME}' },
      }),
    };
  }
  const value = environmentValue(context.env, name.slice('env:'.length), context.platform);
  if (value !== undefined && value !== '') return { ok: true, text: value };
  return use === 'environment'
    ? { ok: true, text: '' }
    : { ok: false, reason: say('expandedUnset') };
}
