/** What `vscode.LogOutputChannel` offers of logging; info for lifecycle, debug for probes. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A text in English that only the log gets: nothing in the window shows it. */
export interface LogText {
  readonly inLog: string;
}

export const forLog = (inLog: string): LogText => ({ inLog });
