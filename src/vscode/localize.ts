/** Of `vscode.l10n` what pure functions need to speak the user's language. */
export interface Localize {
  t(message: string, ...args: (string | number | boolean)[]): string;
  /** The placeholders are names. */
  t(message: string, args: Record<string, string | number>): string;
}
