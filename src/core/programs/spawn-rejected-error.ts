/** It was not even tried to start the program. */
export class SpawnRejectedError extends Error {
  override readonly name = 'SpawnRejectedError';
  /** `EINVAL`: no care makes it safe. `EMFILE`: there are no descriptors for its pipes. */
  readonly code: 'EINVAL' | 'EMFILE';

  constructor(code: 'EINVAL' | 'EMFILE', message: string) {
    super(message);
    this.code = code;
  }
}
