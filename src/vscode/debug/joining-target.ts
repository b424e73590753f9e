import type { DebuggedWorker } from '../../core/debug/debugged-worker';
import type { DebugTarget } from '../../core/debug/parent-adapter';
import { Emitter, type Disposable } from '../../core/events';
import type { Problem } from '../../core/model';

/** The target of a second session for a bento: passes its request to the first session, and ends. */
export class JoiningTarget implements DebugTarget, Disposable {
  readonly #join: (cancel: AbortSignal) => Promise<void>;
  readonly #attached = new Emitter<DebuggedWorker>();
  readonly #failed = new Emitter<Problem>();
  readonly #ended = new Emitter<void>();
  readonly workers: readonly DebuggedWorker[] = [];
  readonly pathMappings: DebugTarget['pathMappings'] = [];

  constructor(join: (cancel: AbortSignal) => Promise<void>) {
    this.#join = join;
  }

  readonly onDidAttach = this.#attached.event;
  readonly onDidFail = this.#failed.event;
  readonly onDidEnd = this.#ended.event;

  async begin(cancel: AbortSignal): Promise<undefined> {
    await this.#join(cancel);
    // The editor must receive the answer first.
    setImmediate(() => this.#ended.fire());
    return undefined;
  }

  /** The workers belong to the first session. */
  detach(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    this.#ended.dispose();
  }
}
