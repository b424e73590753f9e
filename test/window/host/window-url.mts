import path from 'node:path';

export interface WindowUrlOptions {
  readonly authority: string;
  /** A folder or a `.code-workspace` file; without it an empty window. */
  readonly folder: string | undefined;
  /** The compiled entry of a suite that runs in the extension host. */
  readonly suite: string | undefined;
}

/** What the page of a window is asked for; the payload is what a desktop takes as arguments. */
export function windowUrl({ authority, folder, suite }: WindowUrlOptions): string {
  const remote = (file: string) => `vscode-remote://${authority}${encodeURI(file)}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (suite !== undefined) {
    payload.push(['extensionDevelopmentPath', remote(path.dirname(suite))]);
    payload.push(['extensionTestsPath', remote(suite)]);
  }
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (folder === undefined) query.set('ew', 'true');
  else query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  return `http://${authority}/?${query.toString()}`;
}
