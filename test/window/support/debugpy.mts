import { cpSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import type { VsCodeWindow } from '../host/window.mts';

// The sources are written for a bundler: their imports have no file extension.
registerHooks({
  resolve(specifier, context, next) {
    const isSource = specifier.startsWith('.') && path.extname(specifier) === '';
    return isSource
      ? { ...next(`${specifier}.ts`, context), format: 'module-typescript' }
      : next(specifier, context);
  },
});

/** Puts debugpy where the extension would install it after a question; a window test downloads nothing. */
export async function storeDebugpy(window: VsCodeWindow, python: string): Promise<void> {
  const { ensureDebugpy } = await import('../../support/debugpy.ts');
  const folder = await ensureDebugpy(python);
  const own = path.join(window.globalStorage(), 'debugpy', path.basename(folder));
  cpSync(folder, own, { recursive: true });
}
