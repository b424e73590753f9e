import type { Bento } from '../../src/api';
import type { EnvironmentName } from '../../scripts/environments.mts';

/**
 * Where a fault is brought about: a workspace folder, and the extension that serves what is in it. The extension is
 * the whole core without VS Code, or the packaged one in the extension host of a VS Code. A fault finds the folder
 * empty, nothing set and nothing served; what it leaves is cleared away, and may not be a process or a port. Without
 * VS Code a helper that waits may be there, as in a window that has served before.
 */
export interface Scene {
  /** The workspace folder. */
  readonly folder: string;
  /** An interpreter of each test environment; `bentoml-1.4` is the one that is chosen. */
  readonly pythons: Readonly<Record<EnvironmentName, string>>;
  /** As the exported API has them. */
  readonly bentos: readonly Bento[];
  /** Gives back what ends it. */
  onDidChange(listener: () => void): () => void;
  /** Writes a file of the folder, with the directories on its way. */
  write(file: string, text: string): void;
  /** Sets `serveBento.KEY` for each key, such as `http.port`; `undefined` takes it back. In force when it resolves. */
  settings(values: Readonly<Record<string, unknown>>): Promise<void>;
  /** Looks for bentos anew. */
  refresh(): Promise<readonly Bento[]>;
  serve(id: string, signal?: AbortSignal): Promise<Bento>;
  stop(id: string): Promise<void>;
  restart(id: string, component?: string): Promise<Bento>;
  /** All that the extension has started and all that came of it, wherever it went. */
  processes(): readonly number[];
  /** Of these, what serves or is left of it: all but helpers that wait for the next serve, each with its fork server. */
  serving(): readonly number[];
  /** The TCP ports on which any of it listens. */
  ports(): readonly number[];
}

/** A scene to play faults in, one after the other. */
export interface Driver {
  readonly scene: Scene;
  /** Ends what is served, undoes the settings, empties the folder. */
  readonly clear: () => Promise<void>;
  /** The processes that are left after that, and should not be. */
  readonly left: () => readonly number[];
}
