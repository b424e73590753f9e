import { say, type Message } from '../messages/message';

/** The error of a zod check. zod takes text only, so the message travels as JSON. */
export const rule = (message: Message): { readonly error: string } => ({
  error: JSON.stringify(message),
});

/** The message in the text of a zod issue whose schema has rules only. */
export const ruleIn = (error: string): Message => JSON.parse(error) as Message;

/** For what has no rule of its own: zod's messages read `constructor.name` of the value, which can be anything. */
export const otherRule = (): string => rule(say('ruleOther')).error;
