import { textOf, type Message } from './message';

/** An error whose reason people read, in the middle of a sentence about what could not be used. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly reason: Message;

  constructor(reason: Message, options?: ErrorOptions) {
    super(textOf(reason), options);
    this.reason = reason;
  }
}
