import type { Explained } from '../../../src/core/diagnosis/explain';
import { textOf } from '../../../src/core/messages/message';

type InEnglish = Omit<Explained, 'text' | 'advice'> & Readonly<Record<'text' | 'advice', string>>;

/** An explanation with its sentences as text. */
export const inEnglish = (found: Explained | undefined): InEnglish | undefined =>
  found && { ...found, text: textOf(found.text), advice: textOf(found.advice) };
