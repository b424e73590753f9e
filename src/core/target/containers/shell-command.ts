/** The command that opens the best shell that a container has. */
export const shellCommand: readonly string[] = [
  '/bin/sh',
  '-c',
  'command -v bash >/dev/null && exec bash || exec sh',
];
