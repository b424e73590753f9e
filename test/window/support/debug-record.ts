import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../../support/until';

interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
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
    const { event, body } = message as { event?: string; body?: { threadId?: number } };
    if (event !== 'stopped' || body?.threadId === undefined) return;
    this.#stops.push({ session, threadId: body.threadId });
  }
}
