import type { DebuggedWorker } from '../../core/debug/debugged-worker';
import type { Debugger } from '../../core/debug/debugger';
import type { DebugTarget } from '../../core/debug/parent-adapter';
import { Emitter, type Disposable } from '../../core/events';
import type { Problem } from '../../core/model';
import { cancelled } from '../../core/problem';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import { isServed } from '../lifecycle/readiness';

export type DebugRegistry = Pick<
  BentoRegistry,
  'bento' | 'debugger' | 'detachDebugger' | 'onDidChange' | 'stop'
>;

/** Where the editor has the sources of a bento. */
export interface EditorSources {
  /** Of a built bento: the copies that are served, and their originals. */
  readonly pathMappings: DebugTarget['pathMappings'];
  /** The folder with the files that are in the image of the bento, as far as it is known. */
  readonly folder: string | undefined;
}

/** A bento that a session debugs, also over its restarts, each of which has a debugger of its own. */
export class BentoDebugTarget implements DebugTarget, Disposable {
  readonly id: string;
  readonly #registry: DebugRegistry;
  readonly #begin: DebugTarget['begin'];
  readonly #attached = new Emitter<DebuggedWorker>();
  readonly #failed = new Emitter<Problem>();
  readonly #ended = new Emitter<void>();
  readonly #changes: Disposable;
  readonly #begun = Promise.withResolvers<undefined>();
  /** Where the editor has the sources. */
  sources: EditorSources = { pathMappings: [], folder: undefined };
  #debugger: Debugger | undefined;
  #subscriptions: readonly Disposable[] = [];
  #hasBegun = false;
  #isOver = false;

  /** `begin`: serves it, or attaches to it. */
  constructor(id: string, registry: DebugRegistry, begin: DebugTarget['begin']) {
    this.id = id;
    this.#registry = registry;
    this.#begin = begin;
    // Only other sessions of the bento await it.
    this.#begun.promise.catch(() => undefined);
    this.#changes = registry.onDidChange((changed) => {
      if (changed === undefined || changed === id) this.#follow();
    });
    this.#follow();
  }

  readonly onDidAttach = this.#attached.event;
  readonly onDidFail = this.#failed.event;
  readonly onDidEnd = this.#ended.event;

  /** It was stopped or let go, or has ended: what comes now belongs to another session. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Rejects if the bento could not be served or attached to. */
  get begun(): Promise<unknown> {
    return this.#begun.promise;
  }

  get workers(): readonly DebuggedWorker[] {
    return this.#debugger?.workers ?? [];
  }

  /** The containers of an image have the sources in a folder of the image. */
  get pathMappings(): DebugTarget['pathMappings'] {
    const { pathMappings, folder } = this.sources;
    const remoteRoot = this.#debugger?.remoteSource;
    if (remoteRoot === undefined) return pathMappings;
    return folder === undefined ? [] : [{ localRoot: folder, remoteRoot }];
  }

  async begin(cancel: AbortSignal): Promise<string | undefined> {
    try {
      const note = await this.#begin(cancel);
      this.#hasBegun = true;
      this.#begun.resolve(undefined);
      this.#follow();
      return note;
    } catch (error) {
      this.#isOver = true;
      this.#begun.reject(error);
      throw error;
    }
  }

  async detach(): Promise<void> {
    this.#isOver = true;
    if (this.#isListed()) await this.#registry.detachDebugger(this.id);
  }

  /** The workers of a component go on without the debugger. After the last one, nothing is left to debug. */
  async release(component: string): Promise<void> {
    const own = this.#debugger;
    await own?.detach(component);
    if (own?.isDebugging() === true) return;
    await this.detach();
    this.#ended.fire();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    if (this.#isListed()) await this.#registry.stop(this.id);
  }

  /** A session of the worker with that socket has stopped at a breakpoint, or goes on. */
  setPaused(socket: string, session: string, isPaused: boolean): void {
    this.#debugger?.setPaused(socket, session, isPaused);
  }

  dispose(): void {
    this.#isOver = true;
    this.#begun.reject(cancelled());
    this.#changes.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #isListed(): boolean {
    return this.#registry.bento(this.id) !== undefined;
  }

  #follow(): void {
    const bento = this.#registry.bento(this.id);
    const current = bento === undefined ? undefined : this.#registry.debugger(this.id);
    if (current !== this.#debugger && !this.#isOver) this.#use(current);
    if (!this.#hasBegun || (bento !== undefined && isServed(bento))) return;
    this.#isOver = true;
    this.#ended.fire();
  }

  #use(current: Debugger | undefined): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#debugger = current;
    if (current === undefined) {
      this.#subscriptions = [];
      return;
    }
    this.#subscriptions = [
      current.onDidAttach((worker) => this.#attached.fire(worker)),
      current.onDidFail((problem) => this.#failed.fire(problem)),
    ];
    for (const worker of current.workers) this.#attached.fire(worker);
  }
}
