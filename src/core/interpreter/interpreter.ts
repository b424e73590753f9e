import type { Argument } from '../messages/message';

/** A Python interpreter that was run once and has BentoML. */
export interface Interpreter {
  /** The absolute path of its executable. */
  readonly path: string;
  /** The program that was run to find it, if it is a different one, such as a pyenv shim. */
  readonly shim?: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** Such as `1.4.38`. */
  readonly bentomlVersion: string;
  /** A digest that changes when a package is installed, removed or upgraded. */
  readonly packages?: string;
  /** Where it came from: "the setting serveBento.pythonPath". */
  readonly origin: Argument;
}
