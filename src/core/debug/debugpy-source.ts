import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { targetInstallCommand, type InstallCommand } from '../interpreter/install-command';
import type { DebugpyReport } from '../interpreter/probe-report';
import { canUseDebugpy, pinnedDebugpy } from './debugpy-pins';

/** Where debugpy may be, beside the environment of the bento. */
export interface DebugpySources {
  /** A folder of another extension that the package is in. */
  readonly bundled?: string;
  /** Our own folder, where it is installed for each Python. */
  readonly storage: string;
}

export interface FoundDebugpy {
  readonly kind: 'found';
  /** The folder that the package is in. */
  readonly folder: string;
  readonly version: string;
  readonly source: 'environment' | 'bundled' | 'storage';
}

/** None that this Python can use. */
export interface MissingDebugpy {
  readonly kind: 'missing';
  /** Such as `debugpy==1.8.22`. */
  readonly requirement: string;
  /** The interpreter that it is for. */
  readonly python: string;
  /** Where it would be installed. */
  readonly folder: string;
  /** A temporary folder for the installation, so that an incomplete one is never used. */
  readonly staging: Staging;
  /** What would install it; absent where there is neither pip nor uv. */
  readonly command: InstallCommand | undefined;
}

export interface Staging {
  readonly folder: string;
  /** The file with the requirements. */
  readonly pins: string;
}

export type Debugpy = FoundDebugpy | MissingDebugpy;

/**
 * Chooses a debugpy for an interpreter: the one of its environment, else of another extension, else our own.
 * @param uv the absolute path of a uv on the PATH
 */
export async function chooseDebugpy(
  python: string,
  report: DebugpyReport,
  { bundled, storage }: DebugpySources,
  uv: string | undefined,
): Promise<Debugpy> {
  const pinned = pinnedDebugpy(report.version);
  const folder = path.join(storage, `${pinned}-${report.tag}`);
  const sources = [
    { source: 'environment', folder: report.debugpy ?? undefined },
    { source: 'bundled', folder: bundled },
    { source: 'storage', folder },
  ] as const;
  for (const one of sources) {
    if (one.folder === undefined) continue;
    const version = await versionIn(one.folder);
    if (version === undefined || !canUseDebugpy(version, report.version)) continue;
    return { kind: 'found', folder: one.folder, version, source: one.source };
  }
  const staging = stagingFor(folder);
  const command = targetInstallCommand(python, staging, report, uv);
  return { kind: 'missing', requirement: `debugpy==${pinned}`, python, folder, staging, command };
}

/** Makes temporary folders unique: several windows, and several bentos in a window, may install at the same time. */
function stagingFor(folder: string): Staging {
  const staged = `${folder}.${randomUUID().slice(0, 8)}`;
  return { folder: staged, pins: `${staged}.txt` };
}

/** The version of the debugpy in a folder; nothing where there is none. */
export async function versionIn(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(folder, 'debugpy', '_version.py'), 'utf8');
    return /"version": "(\d+(?:\.\d+)+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
