import { textOf, type Argument } from '../../core/messages/message';
import type { Problem } from '../../core/model';
import type { Localize } from '../localize';

type Texts = Pick<Problem, 'message' | 'summary' | 'texts'>;

/** What a problem says, in the user's language. The log and programs get it in English. */
export const messageOf = ({ message, texts }: Texts, l10n: Localize): string =>
  texts === undefined ? message : translated(texts.message, l10n);

/** The same, and what else is wrong. */
export const messagesOf = (problem: Texts, l10n: Localize): readonly string[] => [
  messageOf(problem, l10n),
  ...(problem.texts?.others ?? []).map((message) => translated(message, l10n)),
];

/** What its row says. */
export function summaryOf({ message, summary, texts }: Texts, l10n: Localize): string {
  if (texts?.summary !== undefined) return translated(texts.summary, l10n);
  return summary ?? messageOf({ message, ...(texts && { texts }) }, l10n);
}

/** The same problem about a component that is shown with another name. */
export function renamed<Problem extends Texts>(problem: Problem, name: string): Problem {
  const { texts } = problem;
  if (texts === undefined) return problem;
  const { key, args } = texts.message;
  return { ...problem, texts: { ...texts, message: { key, args: { ...args, name } } } };
}

/** A message in the user's language; what is text already stays. */
export const translated = (message: Argument, localize: Localize): string =>
  textOf(message, (template, args) => localize.t(template, args));
