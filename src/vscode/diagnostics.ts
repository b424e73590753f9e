import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import { settingsSection } from './identifiers';

const lastLines = 20;

/** What a bug report needs, and nothing secret: no values of environments, no home directory. */
export function diagnostics(manager: BentoManager, version: string, home: string): string {
  const report = {
    serveBento: version,
    vscode: vscode.version,
    platform: `${process.platform} ${process.arch}`,
    remote: vscode.env.remoteName ?? 'none',
    trusted: vscode.workspace.isTrusted,
    settings: settingsInForce(),
    bentos: manager.bentos.map((bento) => ({
      ...bento,
      components: bento.components.map((component) => {
        const details = manager.details(bento.id, component.id);
        return {
          ...component,
          command: details?.command,
          waitingFor: details?.waitingFor,
          output: details?.output.tail(lastLines).split(/\r?\n/),
        };
      }),
    })),
  };
  return JSON.stringify(report, null, 2).replaceAll(JSON.stringify(home).slice(1, -1), '~');
}

function settingsInForce(): unknown {
  return masked(vscode.workspace.getConfiguration().get<unknown>(settingsSection));
}

/** Values of variables may be secrets wherever they stand. */
function masked(value: unknown, key = ''): unknown {
  if (typeof value !== 'object' || value === null) return key === 'env' ? '…' : value;
  if (key === 'env') return Object.fromEntries(Object.keys(value).map((name) => [name, '…']));
  if (Array.isArray(value)) return value.map((item) => masked(item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]));
}
