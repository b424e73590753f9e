/** What `vscode.LogOutputChannel` offers of logging; info for lifecycle, debug for probes. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
