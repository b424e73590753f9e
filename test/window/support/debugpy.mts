import path from 'node:path';
import '../../../scripts/source-imports.mts';

/** The debugpy for an interpreter, by its place in the extension's storage. */
export async function storedDebugpy(python: string): Promise<Readonly<Record<string, string>>> {
  const { ensureDebugpy } = await import('../../support/debugpy.ts');
  const folder = await ensureDebugpy(python);
  return { [path.join('debugpy', path.basename(folder))]: folder };
}
