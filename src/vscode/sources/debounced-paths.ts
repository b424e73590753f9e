import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';

/** Changes that come close together are told as one. */
export class DebouncedPaths implements Disposable {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #tell: (paths: readonly string[]) => void;
  #paths = new Set<string>();
  #timer: Disposable | undefined;

  constructor(clock: Clock, delayMs: number, tell: (paths: readonly string[]) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#tell = tell;
  }

  add(path: string): void {
    this.#paths.add(path);
    this.#timer ??= this.#clock.after(this.#delayMs, () => {
      const paths = [...this.#paths];
      this.#paths = new Set();
      this.#timer = undefined;
      this.#tell(paths);
    });
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}
