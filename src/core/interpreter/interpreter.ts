import type { Argument } from '../messages/message';

/** A Python interpreter that was run once and has BentoML. */
export interface Interpreter {
  /** The absolute path of its executable. */
  readonly path: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** Such as `1.4.38`. */
  readonly bentomlVersion: string;
  /** Where it came from: "the setting serveBento.pythonPath". */
  readonly origin: Argument;
}
