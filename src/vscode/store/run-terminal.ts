import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import type { Run, RunOptions, RunResult } from '../../core/programs/run';
import { OutputHistory } from '../../core/logs/output-history';
import { SafeOutput } from '../../core/logs/safe-output';
import { problemOf } from '../../core/problem';
import { PacedWriter } from '../terminals/paced-writer';

const interrupt = '\u0003';

export interface RunTerminalOptions {
  readonly clock: Clock;
  /** What is run, for people. */
  readonly command: string;
  readonly run: (
    onOutput: NonNullable<RunOptions['onOutput']>,
    signal: AbortSignal,
  ) => ReturnType<Run>;
}

/** A task's terminal with the output of one program: Ctrl+C in it, and its end, end the program. */
export class RunTerminal implements vscode.Pseudoterminal {
  readonly #options: RunTerminalOptions;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly #end = new AbortController();
  readonly #output = new OutputHistory();
  readonly #safe = { stdout: new SafeOutput(), stderr: new SafeOutput() };

  constructor(options: RunTerminalOptions) {
    this.#options = options;
  }

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  open(): void {
    void this.#run();
  }

  close(): void {
    this.#end.abort();
  }

  handleInput(data: string): void {
    if (data.includes(interrupt)) this.#end.abort();
  }

  async #run(): Promise<void> {
    const { clock, command, run } = this.#options;
    const write = (text: string): void => this.#written.fire(text);
    const writer = new PacedWriter(this.#output, write, clock, vscode.l10n);
    this.#note(command);
    let exitCode = 1;
    try {
      const result = await run((text, stream) => {
        this.#output.append(this.#safe[stream].filter(text).replace(/\r?\n/g, '\r\n'));
      }, this.#end.signal);
      exitCode = result.exitCode ?? 1;
      this.#note(howItEnded(result));
    } catch (error) {
      this.#note(problemOf(error).message);
    }
    writer.finish();
    this.#closed.fire(exitCode);
  }

  #note(line: string): void {
    this.#output.append(`\u001b[36m▸ ${line}\u001b[0m\r\n`);
  }
}

function howItEnded({ startError, cancelled, signal, exitCode }: RunResult): string {
  if (startError !== undefined) return vscode.l10n.t('Could not be started: {0}', startError);
  if (cancelled) return vscode.l10n.t('Cancelled.');
  return signal === null
    ? vscode.l10n.t('Exited with code {0}.', exitCode ?? '?')
    : vscode.l10n.t('Terminated by {0}.', signal);
}
