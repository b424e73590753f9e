import type { BentoSource, ComponentKind, Generation } from '../model';

/** A bento as reading files tells of it; no Python has run. */
export interface DiscoveredBento {
  /** See `Bento.id`. */
  readonly id: string;
  readonly name: string;
  /** The source does not say what BentoML calls it: that is known when it is served. */
  readonly isNameProvisional?: true;
  /** The workspace folder it belongs to, an absolute path. */
  readonly folder: string;
  readonly source: BentoSource;
  /** What BentoML is given: `service:svc`, `.` or a tag such as `iris:abc123`; empty for one that runs elsewhere. */
  readonly reference: string;
  /** Where BentoML is started, an absolute path. */
  readonly workingDir: string;
  /** The build file it is served by, absolute: BentoML reads arguments and model aliases from it. */
  readonly buildFile?: string;
  /** All build files of its service, absolute; that one first. */
  readonly buildFiles?: readonly string[];
  /** The Python file that defines the service, absolute. */
  readonly file?: string;
  /** The line of the definition in `file`, zero-based. */
  readonly line?: number;
  readonly generation?: Generation;
  /** Known before a start only for built bentos (`bento.yaml`) and what the source tells for sure. */
  readonly components: readonly {
    readonly kind: ComponentKind;
    readonly name: string;
    readonly remote?: true;
  }[];
  /** Of one that runs elsewhere. */
  readonly addresses?: readonly string[];
  /** The index into `FolderSettings.bentos` of the entry that belongs to it. */
  readonly entry?: number;
}
