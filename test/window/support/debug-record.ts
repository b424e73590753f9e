import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../../support/until';

interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

/** What is read of the messages of an adapter. */
interface Sent {
  readonly event?: string;
  readonly command?: string;
  readonly body?: {
    readonly threadId?: number;
    readonly breakpoints?: readonly { readonly verified: boolean }[];
  };
}

/** As we call it: VS Code adds a number while another session has the same name. */
function nameOf({ name, configuration }: vscode.DebugSession): string {
  const { workerName, subProcessId } = configuration;
  return typeof workerName === 'string' && subProcessId === undefined ? workerName : name;
}

/** The debug sessions of the window, and where they stop. */
export class DebugRecord implements vscode.Disposable {
  readonly #sessions = new Set<vscode.DebugSession>();
  readonly #stops: Stop[] = [];
  /** By session: how many breakpoints the last answer for a file says are in place. */
  readonly #verified = new Map<vscode.DebugSession, number>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => this.#sessions.add(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#sessions.delete(session)),
      vscode.debug.registerDebugAdapterTrackerFactory('serveBento', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message) => this.#take(session, message),
        }),
      }),
    ];
  }

  get sessions(): readonly vscode.DebugSession[] {
    return [...this.#sessions];
  }

  get names(): readonly string[] {
    return this.sessions.map(nameOf).sort();
  }

  named(name: string): readonly vscode.DebugSession[] {
    return this.sessions.filter((session) => nameOf(session) === name);
  }

  /** Waits until exactly these sessions are there. */
  async untilNamed(names: readonly string[], limitMs: number): Promise<void> {
    const wanted = JSON.stringify([...names].sort());
    await until(
      `the sessions ${wanted}`,
      () => JSON.stringify(this.names) === wanted,
      limitMs,
    ).catch(() => assert.equal(JSON.stringify(this.names), wanted));
  }

  /** Waits until a breakpoint is in place in the only session with that name. */
  async untilVerified(name: string, limitMs: number): Promise<void> {
    const count = (): number => {
      const [session] = this.named(name);
      return session === undefined ? 0 : (this.#verified.get(session) ?? 0);
    };
    await until(`a breakpoint in ${name}`, () => count() > 0, limitMs);
  }

  /** The next stop of a session with that name. */
  async untilStopped(name: string | RegExp, limitMs: number): Promise<Stop> {
    this.#stops.length = 0;
    const isMeant = (said: string): boolean =>
      typeof name === 'string' ? said === name : name.test(said);
    return until(
      `a stop of ${name.toString()}`,
      () => this.#stops.find(({ session }) => isMeant(nameOf(session))),
      limitMs,
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #take(session: vscode.DebugSession, message: unknown): void {
    const { event, command, body } = message as Sent;
    if (command === 'setBreakpoints') {
      const breakpoints = body?.breakpoints ?? [];
      this.#verified.set(session, breakpoints.filter(({ verified }) => verified).length);
    }
    if (event !== 'stopped' || body?.threadId === undefined) return;
    this.#stops.push({ session, threadId: body.threadId });
  }
}
