import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { FolderOnDisk } from '../support/folder-on-disk';
import { SharedHelpers } from '../support/shared-helpers';
import { portsOf, processesWith, servingOf } from '../support/processes';
import { createHarness } from '../support/harness';
import type { Scene, Driver } from './scene';

export interface CoreDriver extends Driver {
  /** Ends the helpers that wait, too: no process is left. */
  dispose(): Promise<void>;
}

/** Without VS Code: the whole core with the real discovery, settings and search for the interpreter. */
export function coreDriver(
  pythons: Readonly<Record<EnvironmentName, string>>,
  always: Readonly<Record<string, unknown>> = {},
): CoreDriver {
  let disk!: FolderOnDisk;
  const helpers = new SharedHelpers();
  const harness = createHarness({
    helpers,
    sources: (around) => {
      // Beside it are logs and the like.
      const workspace = path.join(around.folder, 'workspace');
      mkdirSync(workspace);
      disk = new FolderOnDisk({ ...around, folder: workspace }, pythons['bentoml-1.4'], always);
      return disk.sources;
    },
  });
  const { registry } = harness;
  const folder = path.join(harness.folder, 'workspace');
  const processes = (): readonly number[] => processesWith(harness.mark);
  const scene: Scene = {
    folder,
    pythons,
    get bentos() {
      return registry.bentos;
    },
    onDidChange: (listener) => {
      const subscription = registry.onDidChange(() => listener());
      return () => subscription.dispose();
    },
    write: (file, text) => {
      const full = path.join(folder, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, text);
    },
    settings: (values) => disk.set(values),
    refresh: () => registry.refresh(),
    serve: (id, signal) => registry.serve(id, signal === undefined ? {} : { signal }),
    stop: (id) => registry.stop(id),
    restart: (id, component) => registry.restart(id, component),
    processes,
    serving: () => servingOf(processes()),
    ports: () => portsOf(processes()),
  };
  return {
    scene,
    clear: async () => {
      await Promise.all(registry.bentos.map(({ id }) => registry.stop(id)));
      await disk.reset();
      for (const name of readdirSync(folder)) {
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
      helpers.emptyStores();
      await registry.refresh();
    },
    left: () => scene.serving(),
    dispose: async () => {
      await harness.dispose();
      await helpers.dispose();
      assert.deepEqual(processes(), []);
    },
  };
}
