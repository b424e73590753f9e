import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { EnvironmentName } from '../../../scripts/environments.mts';
import { asCancellation } from '../../window/support/as-cancellation';
import { activatedApi, openFolder } from '../../window/support/extension-api';
import { ownProcesses, servingProcesses, windowPorts } from '../../window/support/window-processes';
import type { Scene, Driver } from '../scene';

const section = 'serveBento';

/** The extension host that this runs in, with the packaged extension, reached by its exported API. */
export async function windowDriver(
  pythons: Readonly<Record<EnvironmentName, string>>,
): Promise<Driver> {
  const api = await activatedApi();
  const uri = openFolder();
  const folder = uri.fsPath;
  const before = new Set(windowPorts());
  const set = new Set<string>();
  const settings: Scene['settings'] = async (values) => {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) set.delete(key);
      else set.add(key);
      const configuration = vscode.workspace.getConfiguration(section, uri);
      await configuration.update(key, value, vscode.ConfigurationTarget.Workspace);
    }
  };
  const scene: Scene = {
    folder,
    pythons,
    get bentos() {
      return api.bentos;
    },
    onDidChange: (listener) => {
      const subscription = api.onDidChange(listener);
      return () => void subscription.dispose();
    },
    write: (file, text) => {
      const full = path.join(folder, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, text);
    },
    settings,
    refresh: () => api.refresh(),
    serve: (id, signal) =>
      api.serve(id, signal === undefined ? {} : { cancel: asCancellation(signal) }),
    stop: (id) => api.stop(id),
    restart: (id, component) => api.restart(id, component),
    processes: () => ownProcesses(),
    serving: () => servingProcesses(),
    ports: () => windowPorts().filter((port) => !before.has(port)),
  };
  return {
    scene,
    clear: async () => {
      await vscode.commands.executeCommand(`${section}.stopAll`);
      await settings(Object.fromEntries([...set].map((key) => [key, undefined])));
      for (const name of readdirSync(folder)) {
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
      await api.refresh();
    },
    left: () => ownProcesses(),
  };
}
