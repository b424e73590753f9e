/** A file to write. */
export interface ExportedFile {
  /** Relative to the folder of the export, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Whether the file is for the user's changes. An existing one is never replaced. */
  readonly isForEdits: boolean;
}
