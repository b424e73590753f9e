import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the installed extension', () => {
  it('activates and exports its API', async () => {
    const extension = vscode.extensions.getExtension('serve-bento.serve-bento');
    assert.ok(extension, 'serve-bento.serve-bento is not installed');
    const api: unknown = await extension.activate();
    assert.ok(api && typeof api === 'object' && 'version' in api);
    assert.equal(api.version, 1);
  });
});
