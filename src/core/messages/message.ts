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

/** The text of a message, and of those in it. */
export function textOf({ key, args }: Message, translate: Translate = english): string {
  const texts = Object.entries(args).map(
    ([name, arg]) => [name, typeof arg === 'object' ? textOf(arg, translate) : arg] as const,
  );
  return translate(catalogue[key], Object.fromEntries(texts));
}

/** What a problem says, to be translated. */
export interface MessageTexts {
  readonly message: Message;
  readonly summary?: Message;
  /** What else is wrong, where there are several problems of one kind. */
  readonly others?: readonly Message[];
}

interface ProblemTexts {
  readonly message: string;
  readonly summary?: string;
  readonly texts: MessageTexts;
}

/** The fields of a problem that people read: in English, and how to have them in another language. */
export const problemTexts = (message: Message, summary?: Message): ProblemTexts => ({
  message: textOf(message),
  ...(summary === undefined ? {} : { summary: textOf(summary) }),
  texts: { message, ...(summary === undefined ? {} : { summary }) },
});

/** The message of a problem as a part of another one. It may not be in the catalogue. */
export const messageIn = ({
  message,
  texts,
}: Pick<ProblemTexts, 'message'> & { readonly texts?: MessageTexts }): Argument =>
  texts?.message ?? message;
