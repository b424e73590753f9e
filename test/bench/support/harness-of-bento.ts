import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { FolderOnDisk } from '../../support/folder-on-disk';
import { createHarness, type Harness } from '../../support/harness';

export interface HarnessOfBento {
  readonly harness: Harness;
  readonly id: string;
  /** With a copy of the sample. */
  readonly folder: string;
}

/** As a window has it: what is found in the folder, its settings, and the interpreter, which is checked at the first serve. */
export async function stageOfBento(options: {
  readonly python: string;
  readonly sample: string;
  readonly reference: string;
  /** By their names without `serveBento.` */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly warmIdleMs: number;
}): Promise<HarnessOfBento> {
  const { python, sample, reference, settings, warmIdleMs } = options;
  let disk!: FolderOnDisk;
  let folder!: string;
  const harness = createHarness({
    warmIdleMs,
    sources: (around) => {
      // Beside it are logs and the like.
      folder = path.join(around.folder, 'workspace');
      mkdirSync(folder);
      cpSync(path.resolve(sample), folder, { recursive: true });
      disk = new FolderOnDisk({ ...around, folder }, python);
      return disk.sources;
    },
  });
  await disk.set(settings);
  await harness.registry.refresh();
  const bento = disk.sources.discovered().find((one) => one.reference === reference);
  if (bento === undefined) throw new Error(`${reference} is not found in ${sample}`);
  return { harness, id: bento.id, folder };
}
