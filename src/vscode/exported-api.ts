import * as vscode from 'vscode';
import type { ServeBentoApi } from '../api';
import type { BentoManager } from '../core/bento-manager';

/** What other extensions get: a reader and caller of the manager, without its other parts. */
export function exportedApi(manager: BentoManager): ServeBentoApi {
  return Object.freeze({
    version: 1,
    get bentos() {
      return manager.bentos;
    },
    onDidChange: (listener, thisArg, disposables) => {
      const subscription = vscode.Disposable.from(
        manager.onDidChange(() => {
          listener.call(thisArg);
        }),
      );
      disposables?.push(subscription);
      return subscription;
    },
    refresh: () => manager.refresh(),
    serve: (id, options) =>
      manager.serve(id, options?.cancel === undefined ? {} : { signal: asSignal(options.cancel) }),
    stop: (id) => manager.stop(id),
    restart: (id, component) => manager.restart(id, component),
  } satisfies ServeBentoApi);
}

export function asSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
