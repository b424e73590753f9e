import type { Argument } from '../messages/message';

/** The start commands of a bento, for those who run them without the extension. */
export interface ExportedSet {
  /** Of the bento. */
  readonly name: string;
  readonly bentomlVersion: string;
  /** The folder it is served from, absolute. */
  readonly cwd: string;
  /** Variables of all commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that whoever runs the commands has to set: secrets, and those of the files of `serveBento.envFile`. */
  readonly fromOutside: readonly string[];
  /** Variables that are not to be there. */
  readonly unset: readonly string[];
  /** Dependencies first. */
  readonly commands: readonly ExportedCommand[];
  /** What is set and BentoML's own commands cannot do, a sentence each. */
  readonly leftOut: readonly Argument[];
}

export interface ExportedCommand {
  /** Unique in the set: letters, digits, `_` and `-`. */
  readonly name: string;
  readonly argv: readonly string[];
  /** On top of those of all commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the commands that it calls. */
  readonly dependsOn: readonly string[];
  /** Where it answers over HTTP once it is ready; gRPC servers do not. */
  readonly ready?: {
    readonly scheme: 'http' | 'https';
    readonly host: string;
    readonly port: number;
    readonly path: string;
  };
}
