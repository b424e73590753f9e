import { oneLine } from '../one-line';
import { catalogue } from './catalogue';

export type MessageKey = keyof typeof catalogue;

/** A text for people: its key in the catalogue, and its arguments. */
export interface Message {
  readonly key: MessageKey;
  readonly args: Readonly<Record<string, Argument>>;
}

export type Argument = string | number | Message;

/** Gives a template in the language of the user, with its arguments: `vscode.l10n.t`. */
export type Translate = (template: string, args: Record<string, string | number>) => string;

export const isMessageKey = (value: unknown): value is MessageKey =>
  typeof value === 'string' && Object.hasOwn(catalogue, value);

type NamesIn<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** The arguments of a message: exactly those that its template names. */
type Arguments<Key extends MessageKey> = [NamesIn<(typeof catalogue)[Key]>] extends [never]
  ? []
  : [args: Readonly<Record<NamesIn<(typeof catalogue)[Key]>, Argument>>];

export const say = <Key extends MessageKey>(key: Key, ...[args]: Arguments<Key>): Message => ({
  key,
  args: args ?? {},
});

const english: Translate = (template, args) =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => String(args[name]));

/** Whether a message has all arguments that its template names. */
export const isComplete = ({ key, args }: Message): boolean =>
  [...catalogue[key].matchAll(/\{(\w+)\}/g)].every(([, name = '']) => Object.hasOwn(args, name));

/** The text of a message, and of those in it. What is text already stays. */
export function textOf(message: Argument, translate: Translate = english): string {
  if (typeof message !== 'object') return String(message);
  const { key, args } = message;
  const texts = Object.entries(args).map(
    ([name, arg]) => [name, typeof arg === 'object' ? textOf(arg, translate) : arg] as const,
  );
  return translate(catalogue[key], Object.fromEntries(texts));
}

/** What a problem says, to be translated. */
export interface MessageTexts {
  readonly message: Message;
  readonly summary?: Argument;
  /** What else is wrong, where there are several problems of one kind. */
  readonly others?: readonly Message[];
}

interface ProblemTexts {
  readonly message: string;
  readonly summary?: string;
  readonly texts: MessageTexts;
}

/** The fields of a problem that people read: in English, and how to have them in another language. */
export const problemTexts = (message: Message, summary?: Argument): ProblemTexts => ({
  message: textOf(message),
  ...(summary === undefined ? {} : { summary: textOf(summary) }),
  texts: { message, ...(summary === undefined ? {} : { summary }) },
});

/** A message as a part of one line, of at most `longest` UTF-16 units. One that does not fit stays in English. */
export function oneLineMessage(message: Argument, longest: number): Argument {
  const text = textOf(message);
  const line = oneLine(text, longest);
  return line === text ? message : line;
}

/** The message of a problem as a part of another one. It may not be in the catalogue. */
export const messageIn = ({
  message,
  texts,
}: Pick<ProblemTexts, 'message'> & { readonly texts?: MessageTexts }): Argument =>
  texts?.message ?? message;
