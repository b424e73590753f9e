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

/** By its name: the bundle that throws it has a class of its own. */
export const isSpawnRejected = (error: unknown): error is SpawnRejectedError =>
  error instanceof Error && error.name === 'SpawnRejectedError';
