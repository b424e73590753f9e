import * as vscode from 'vscode';
import type { Disposable } from '../../core/events';

interface Adapter extends Disposable {
  handle(message: unknown): void;
}

/** A debug adapter of ours, as VS Code talks to it. */
class InlineAdapter extends vscode.Disposable implements vscode.DebugAdapter {
  readonly onDidSendMessage: vscode.Event<vscode.DebugProtocolMessage>;
  readonly #adapter: Adapter;

  constructor(create: (send: (message: object) => void) => Adapter, onEnd: () => void) {
    const sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
    const adapter = create((message) => sent.fire(message));
    super(() => {
      adapter.dispose();
      sent.dispose();
      onEnd();
    });
    this.onDidSendMessage = sent.event;
    this.#adapter = adapter;
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.#adapter.handle(message);
  }
}

/** Describes an adapter that runs in the extension host. `create` gets the function that sends to VS Code. */
export const inlineAdapter = (
  create: (send: (message: object) => void) => Adapter,
  onEnd: () => void = () => undefined,
): vscode.DebugAdapterDescriptor =>
  new vscode.DebugAdapterInlineImplementation(new InlineAdapter(create, onEnd));
