/** A saved model. */
export interface StoreModel {
  /** `name:version` */
  readonly tag: string;
  /** An absolute path. */
  readonly directory: string;
  readonly latest: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** What saved it, such as `bentoml.sklearn`. */
  readonly module?: string;
  readonly bentomlVersion?: string;
}
