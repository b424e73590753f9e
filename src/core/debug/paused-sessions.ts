/** The sessions of the editor that a breakpoint has stopped, by the socket of their debug adapter. */
export class PausedSessions {
  readonly #sessions = new Map<string, Set<string>>();

  isPaused(socket: string): boolean {
    return this.#sessions.has(socket);
  }

  /** Processes that a worker starts have sessions of their own at its adapter. Gives whether the adapter's state changed. */
  set(socket: string, session: string, isPaused: boolean): boolean {
    const before = this.isPaused(socket);
    const sessions = this.#sessions.get(socket) ?? new Set();
    if (isPaused) sessions.add(session);
    else sessions.delete(session);
    if (sessions.size > 0) this.#sessions.set(socket, sessions);
    else this.#sessions.delete(socket);
    return this.isPaused(socket) !== before;
  }

  /** The adapter has ended, and its sessions with it. */
  forget(socket: string): boolean {
    return this.#sessions.delete(socket);
  }
}
