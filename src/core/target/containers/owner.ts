/** The bento that owns containers or cluster objects. */
export interface Owner {
  /** See `Bento.id`. */
  readonly bento: string;
  /** The workspace folder, an absolute path. */
  readonly folder: string;
}
