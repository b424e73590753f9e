import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { activatedApi, extensionId, onlyBento } from '../support/extension-api';
import { ownProcesses, windowPorts } from '../support/window-processes';

describe('the installed extension', () => {
  it('activates and exports its API', async () => {
    const api = await activatedApi();
    assert.equal(api.version, 1);
    assert.ok(Object.isFrozen(api));
    assert.equal(vscode.extensions.getExtension(extensionId)?.exports, api);
  });

  it('has the commands of its manifest', async () => {
    const manifest = vscode.extensions.getExtension(extensionId)?.packageJSON as {
      contributes: { commands: readonly { command: string }[] };
    };
    const known = new Set(await vscode.commands.getCommands());
    const declared = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      declared.filter((command) => !known.has(command)),
      [],
    );
  });

  it('can load every file of the package', () => {
    const extension = vscode.extensions.getExtension(extensionId);
    const dist = path.join(extension?.extensionPath ?? '', 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
    const modules = files.filter((file) => file.endsWith('.js'));
    assert.ok(modules.length > 5, `only ${modules.length} files`);
    const require = createRequire(path.join(dist, 'extension.js'));
    for (const file of modules) {
      const names = Object.keys(require(path.join(dist, file)) as object);
      assert.notEqual(names.length, 0, `${file} exports nothing`);
    }
  });

  it('finds what is there without starting any process', async () => {
    const bento = await onlyBento(await activatedApi());
    assert.equal(bento.id, 'service.py:Search');
    assert.deepEqual(ownProcesses(), []);
    assert.deepEqual(windowPorts(), []);
  });
});
