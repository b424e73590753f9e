/** How a process ended; a null code stays null beside its signal. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export function describeExit({ code, signal }: ExitStatus): string {
  if (signal === 'SIGKILL') return 'was killed by SIGKILL (out of memory?)';
  if (signal === 'SIGBUS') return 'was terminated by SIGBUS (no space left on a file system?)';
  if (signal !== null) return `was terminated by ${signal}`;
  return code === null ? 'ended' : `exited with code ${code}`;
}
