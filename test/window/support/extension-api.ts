import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Bento, Component, ServeBentoApi } from '../../../src/api';

export const extensionId = 'serve-bento.serve-bento';

/** As another extension gets it. */
export async function activatedApi(): Promise<ServeBentoApi> {
  const extension = vscode.extensions.getExtension<ServeBentoApi>(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  return extension.activate();
}

/** The one bento of the folder that is open. */
export async function onlyBento(api: ServeBentoApi): Promise<Bento> {
  const bentos = await api.refresh();
  const [bento] = bentos;
  assert.equal(bentos.length, 1, JSON.stringify(bentos));
  assert.ok(bento);
  return bento;
}

export function bentoOf(api: ServeBentoApi, id: string): Bento {
  const bento = api.bentos.find((candidate) => candidate.id === id);
  assert.ok(bento, `no bento ${id}`);
  return bento;
}

export function componentOf(bento: Bento, id: string): Component {
  const component = bento.components.find((candidate) => candidate.id === id);
  assert.ok(component, `no component ${id} in ${JSON.stringify(bento)}`);
  return component;
}

export const pidsOf = ({ components }: Bento): readonly number[] =>
  components.flatMap(({ pids }) => pids);

export function openFolder(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no folder is open');
  return folder.uri;
}

/** The setting `serveBento.NAME` of the open folder. */
export function setting(name: string): unknown {
  return vscode.workspace.getConfiguration('serveBento', openFolder()).get(name);
}

export async function changeSetting(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('serveBento', openFolder())
    .update(name, value, vscode.ConfigurationTarget.Workspace);
}
