import { basename } from 'node:path';
import { isSkippedName, skippingMarkers } from '../../core/discovery/files/excluded';
import { isSource } from '../../core/discovery/files/source-walk';
import { posixRelative } from '../../core/discovery/files/relative-path';

export type FileChange = 'created' | 'changed' | 'deleted';

/** Whether a change below a folder can make, change or end a bento. */
export function matters(folder: string, path: string, change: FileChange): boolean {
  const inside = posixRelative(folder, path).split('/');
  if (inside.some(isSkippedName)) return false;
  const name = basename(path);
  if (isSource(name) || skippingMarkers.includes(name)) return true;
  // A directory comes and goes as one event, without those of what is in it.
  return change !== 'changed' && !name.includes('.');
}
