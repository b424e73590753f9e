import path from 'node:path';
import { isSkippedName, skippingMarkers } from '../../discovery/files/excluded';
import { nodeFileTree } from '../../discovery/files/file-tree';
import type { BuiltImage } from '../../target/target-choice';
import type { ImageNeeds } from './image-needs';

/** Returns the arguments that a bento is built with, to be compared. */
export const buildArgs = ({ found: { settings } }: Pick<ImageNeeds, 'found'>): string =>
  JSON.stringify(settings.args);

/** Whether the source or the arguments have changed since a build. */
export const hasChanged = async (
  { at, args }: Pick<BuiltImage, 'at' | 'args'>,
  needs: Pick<ImageNeeds, 'found'>,
): Promise<boolean> => args !== buildArgs(needs) || changedSince(needs.found.bento.workingDir, at);

const maxEntries = 5_000;

/**
 * Whether a file of a project was changed after a time, in milliseconds since the epoch. Hidden files, environments and
 * caches are not looked at. A project with too many files counts as changed, and so does one that cannot be read.
 */
async function changedSince(folder: string, time: number): Promise<boolean> {
  const folders = [folder];
  let seen = 0;
  try {
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      const entries = await nodeFileTree.list(next);
      const isSkipped = entries.some(({ name }) => skippingMarkers.includes(name));
      if (isSkipped && next !== folder) continue;
      seen += entries.length;
      if (seen > maxEntries) return true;
      for (const { name, kind } of entries) {
        if (name.startsWith('.') || isSkippedName(name)) continue;
        const file = path.join(next, name);
        if (kind === 'directory') folders.push(file);
        else if (kind === 'file' && (await nodeFileTree.modified(file)) > time) return true;
      }
    }
    return false;
  } catch {
    return true;
  }
}
