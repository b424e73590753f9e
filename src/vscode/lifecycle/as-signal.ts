import type { CancellationToken } from 'vscode';

/** VS Code's word for "cancel" as the core's. */
export function asSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
