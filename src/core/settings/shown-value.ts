import { say, type Argument } from '../messages/message';

/** Formats a raw value for a message: short, on one line, without control characters. */
export function shownValue(value: unknown): Argument {
  if (typeof value === 'string') return shownText(value);
  if (typeof value === 'symbol' || typeof value === 'function')
    return say('valueOfType', { type: typeof value });
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? say('valueList') : say('valueObject');
}

/** Names only the type of a value that could be a secret. */
export function shownKind(value: unknown): Argument {
  if (value === null || value === undefined || typeof value === 'object') return shownValue(value);
  return say('valueOfType', { type: typeof value });
}

export function shownText(value: string, longest = 60): string {
  const cut = value.length > longest ? `${value.slice(0, longest)}…` : value;
  return JSON.stringify(cut).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return `\\u{${code}}`;
  });
}
