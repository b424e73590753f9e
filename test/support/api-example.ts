// The example of docs/api.md: here for the compiler.
import * as vscode from 'vscode';
import type { ServeBentoApi } from '../../src/api';

const extension = vscode.extensions.getExtension<ServeBentoApi>('serve-bento.serve-bento');
const api = await extension?.activate();
const [bento] = (await api?.refresh()) ?? [];
if (api && bento) {
  try {
    const served = await api.serve(bento.id); // resolves when all components are ready
    const url = served.components.find(({ kind }) => kind === 'http')?.url ?? '';
    const answer = await fetch(`${url}/readyz`);
    console.log(url, answer.status);
    await api.stop(bento.id); // resolves when no process of it is left
  } catch (error) {
    console.error((error as { code?: string }).code); // a problem code
  }
}
