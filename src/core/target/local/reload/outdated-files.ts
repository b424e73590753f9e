import path from 'node:path';
import { defaultBuildFiles } from '../../../discovery/build-file/build-file-names';
import { isWithin } from '../../../discovery/files/relative-path';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import type { Plan } from '../../../plan/plan';
import type { ServedComponent } from '../served-components';
import { contentDigest } from './changed-files';
import { ModulePlaces } from './module-places';
import { readWorkerNotes, type WorkerNotes } from './worker-notes';

/** Files whose change was reported, and when that was, by the clock. */
export type ReportedChanges = ReadonlyMap<string, number>;

/**
 * Compares what workers run with what is on the disk now. Forked workers note the digest of what they import; of others
 * the start time counts, every Python file beside the service, and the plan's sources that are elsewhere.
 */
export class OutdatedFiles {
  readonly #workingDir: string;
  readonly #buildFile: string | undefined;
  readonly #sources: readonly string[];
  readonly #places = new ModulePlaces();
  readonly #digests = new Map<string, Promise<string>>();

  /** Good for one comparison: each file is read once. Paths: as Python gives them. */
  constructor({
    workingDir,
    buildFile,
    sources = [],
  }: Pick<DiscoveredBento, 'workingDir' | 'buildFile'> & Pick<Plan, 'sources'>) {
    this.#workingDir = workingDir;
    this.#buildFile = buildFile;
    this.#sources = sources;
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
      return changedSince.filter((file) => this.#isBuildFile(file) || this.#isPython(file));
    }
    const outdated = await Promise.all(known.map((one) => this.#outdatedIn(one)));
    const imported = changedSince.filter((file) =>
      known.some(({ files }) => files.get(file) === null),
    );
    const build = changedSince.filter((file) => this.#isBuildFile(file));
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

  /** A file that says how the bento is served, whatever imports it. */
  #isBuildFile(file: string): boolean {
    if (file === this.#buildFile) return true;
    return (
      defaultBuildFiles.includes(path.basename(file)) && path.dirname(file) === this.#workingDir
    );
  }

  #isPython(file: string): boolean {
    return (
      file.endsWith('.py') && (isWithin(this.#workingDir, file) || this.#sources.includes(file))
    );
  }
}
