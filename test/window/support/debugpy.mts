import { cpSync } from 'node:fs';
import path from 'node:path';
import '../../../scripts/source-imports.mts';
import type { VsCodeWindow } from '../host/window.mts';

/** Puts debugpy where the extension would install it after a question; a window test downloads nothing. */
export async function storeDebugpy(window: VsCodeWindow, python: string): Promise<void> {
  const { ensureDebugpy } = await import('../../support/debugpy.ts');
  const folder = await ensureDebugpy(python);
  const own = path.join(window.globalStorage(), 'debugpy', path.basename(folder));
  cpSync(folder, own, { recursive: true });
}
