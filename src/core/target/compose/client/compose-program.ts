/** A program that runs Compose files, found and checked. */
export interface ComposeProgram {
  /** As people type it: `docker compose`. */
  readonly title: string;
  /** An absolute path. */
  readonly file: string;
  /** Before the arguments of Compose itself. */
  readonly args: readonly string[];
  readonly version: string;
  /** The program that knows more about containers than Compose does, an absolute path. */
  readonly engine?: string;
  /** It reports what happens to containers. Otherwise they are listed again and again. */
  readonly hasEvents: boolean;
}
