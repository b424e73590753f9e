import type { ServedComponent } from '../served-components';
import { contentDigest } from './changed-files';
import { ModulePlaces } from './module-places';
import { isBuildFile, isPythonFile, type ServedCode } from './served-code';
import { readWorkerNotes, type WorkerNotes } from './worker-notes';

/** Files whose change was reported, and when that was, by the clock. */
export type ReportedChanges = ReadonlyMap<string, number>;

/**
 * Compares what workers run with what is on the disk now. Forked workers note the digest of what they import; of others
 * the start time counts, every Python file beside the service, and the plan's sources that are elsewhere.
 */
export class OutdatedFiles {
  readonly #code: ServedCode;
  readonly #places = new ModulePlaces();
  readonly #digests = new Map<string, Promise<string>>();

  /** Use it for one comparison: each file is read only once. */
  constructor(code: ServedCode) {
    this.#code = code;
  }

  /** The files of which the component runs an older state. */
  async of(served: ServedComponent, reported: ReportedChanges): Promise<readonly string[]> {
    const { component, supervisor, runningSince } = served;
    if (component.planned.remote !== undefined) return [];
    if (supervisor.state === 'stopped' || supervisor.state === 'stopping') return [];
    const notes = await Promise.all(component.workers.imports.map(readWorkerNotes));
    const since = runningSince() ?? -Infinity;
    const changedSince = [...reported].flatMap(([file, at]) => (at >= since ? [file] : []));
    const known = notes.flatMap((one) => one ?? []);
    if (known.length < notes.length || notes.length === 0) {
      return changedSince.filter(
        (file) => isBuildFile(this.#code, file) || isPythonFile(this.#code, file),
      );
    }
    const outdated = await Promise.all(known.map((one) => this.#outdatedIn(one)));
    const imported = changedSince.filter((file) =>
      known.some(({ files }) => files.get(file) === null),
    );
    const build = changedSince.filter((file) => isBuildFile(this.#code, file));
    return [...new Set([...outdated.flat(), ...imported, ...build])];
  }

  async #outdatedIn({ files, places }: WorkerNotes): Promise<readonly string[]> {
    const compared = await Promise.all([
      ...[...files].map(async ([file, digest]) =>
        digest === null || digest === (await this.#digestOf(file)) ? [] : [file],
      ),
      ...[...places].map(async ([place, kind]) =>
        kind === (await this.#places.kindOf(place)) ? [] : [place],
      ),
    ]);
    return compared.flat();
  }

  #digestOf(file: string): Promise<string> {
    const known = this.#digests.get(file);
    if (known !== undefined) return known;
    const digest = contentDigest(file).catch(() => 'not there');
    this.#digests.set(file, digest);
    return digest;
  }
}
