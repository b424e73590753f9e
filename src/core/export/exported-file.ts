/** A file to write. */
export interface ExportedFile {
  /** Relative to the folder of the export, with slashes. */
  readonly path: string;
  readonly text: string;
  /** It is for people's changes: one that is present is never replaced. */
  readonly isForEdits: boolean;
}
