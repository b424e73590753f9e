import * as vscode from 'vscode';

/** Host names under which a browser reaches a port of this machine: other ones where VS Code forwards it. */
export async function forwardedHosts(port: number): Promise<readonly string[]> {
  const { remoteName, uiKind } = vscode.env;
  if (remoteName === undefined && uiKind !== vscode.UIKind.Web) return [];
  const own = vscode.Uri.parse(`http://127.0.0.1:${port}`, true);
  const { authority } = await vscode.env.asExternalUri(own);
  return [new URL(`http://${authority}`).hostname];
}
