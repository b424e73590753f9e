/** A program that runs Compose files, found and checked. */
export interface ComposeProgram {
  /** The command as typed in a terminal: `docker compose`. */
  readonly title: string;
  /** An absolute path. */
  readonly file: string;
  /** Arguments before those of Compose itself. */
  readonly args: readonly string[];
  readonly version: string;
  /** The absolute path of the engine's own program, whose `inspect` reports more than Compose. */
  readonly engine?: string;
  /** Whether it reports events of containers. Otherwise they are polled. */
  readonly hasEvents: boolean;
}
