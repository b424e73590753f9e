import { basename, dirname } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { systemClock, type Clock } from '../../clock';
import type { Log } from '../../log';
import { isWithin } from '../files/relative-path';
import { Turns } from '../files/turns';
import { entryInstances } from './python-entries';
import { stepsLimit as stepsOfModule } from './evaluation/evaluation-budget';
import type { FilesOf } from './evaluation/module-lookup';
import { readPythonModuleInSlices } from './python-module';
import type { PythonModule } from './python-values';
import {
  pathInModule,
  servicesOfModule,
  type FoundService,
  type ModuleServices,
  type PathFault,
  type ServiceInstance,
} from './python-services';

export interface PythonWorkspaceOptions {
  /** The content of a Python file; nothing where it cannot be read. */
  readonly read: (file: string) => Promise<Buffer | undefined>;
  /** Whether there may be such a file. */
  readonly has: (file: string) => boolean;
  readonly filesOf: FilesOf;
  readonly log?: Log;
  readonly clock?: Pick<Clock, 'now'>;
}

/** A service with the file that defines it. */
export interface LocatedService {
  readonly service: FoundService;
  readonly file: string;
}

/** A module alone names no service: it has none, or several. */
export interface EntryFault {
  readonly kind: 'several';
  readonly names: readonly string[];
}

/** Imports of imports that are followed for one file. */
const roundsLimit = 30;
/** Modules that make services for others, which do it for others again. */
const makersLimit = 8;
/** What working out all files may cost: a few seconds. Thousands of files that people write cost less. */
const stepsLimit = 1_000_000;

const none: readonly FoundService[] = [];

/** The Python modules of a workspace, and the services that they define together. A module is read when it is needed. */
export class PythonWorkspace {
  readonly #options: PythonWorkspaceOptions;
  readonly #modules = new Map<string, PythonModule | null>();
  readonly #services = new Map<string, ModuleServices>();
  /** Files that say nothing of BentoML themselves, with the modules they were searched for. */
  readonly #searched = new Map<string, string>();
  readonly #turns: Turns;
  /** What everything since the last `link` began has cost. */
  #steps = 0;
  /** Files whose services were left out since then. */
  readonly #cutFiles = new Set<string>();

  constructor(options: PythonWorkspaceOptions) {
    this.#options = options;
    this.#turns = new Turns(options.clock ?? systemClock);
  }

  /** The files of which services may be missing, because they are too complex. */
  get cut(): ReadonlySet<string> {
    return this.#cutFiles;
  }

  /** Takes in a file with its content: what does not speak of BentoML is read only when it is needed. */
  async add(file: string, content: Buffer | undefined): Promise<void> {
    this.forget(file);
    if (content?.includes('bentoml') === true) await this.#parse(file, content);
    else this.#searched.set(file, '');
  }

  forget(file: string): void {
    this.#modules.delete(file);
    this.#services.delete(file);
    this.#searched.delete(file);
  }

  /** Works out the services of all files that can have any. */
  async link(signal?: AbortSignal): Promise<ReadonlyMap<string, readonly FoundService[]>> {
    const found = new Map<string, readonly FoundService[]>();
    let makers = '';
    this.#steps = 0;
    this.#cutFiles.clear();
    // Most workspaces have no such modules, and are done after one round.
    for (let round = 0; round < makersLimit; round++) {
      const makersNow = new Set<string>();
      for (const file of [...this.#modules.keys()]) {
        await this.#turns.next();
        signal?.throwIfAborted();
        const linked = await this.#linked(file);
        if (linked === undefined) continue;
        if (linked.services.length > 0) found.set(file, linked.services);
        else found.delete(file);
        if (linked.makesServices) makersNow.add(file);
      }
      const all = [...makersNow].sort().join('\n');
      if (all === makers) break;
      makers = all;
      await this.#readUsersOf([...makersNow], makers, signal);
    }
    return found;
  }

  /** The services of a file; nothing when there is no such file. */
  async servicesOf(file: string): Promise<readonly FoundService[] | undefined> {
    if (!(await this.#load(file))) return undefined;
    return (await this.#linked(file))?.services ?? none;
  }

  /** The service at a path in a file's module, such as `svc`, also where the module only imports it. */
  async serviceAt(file: string, path: string): Promise<LocatedService | undefined> {
    const result = (await this.#at(file, path))?.result;
    const definition = result?.kind === 'service' ? result.definition : undefined;
    if (definition === undefined) return undefined;
    const services = await this.servicesOf(definition.file);
    const service = services?.find((one) => one.attribute === definition.attribute);
    return service && { service, file: definition.file };
  }

  /** The names by which a file's module has services, its own and those that it imports. */
  async serviceNames(file: string): Promise<readonly string[]> {
    return (await this.#instances(file)).map(({ name }) => name);
  }

  /** Why a path in a file's module certainly is no service. */
  async faultAt(file: string, path: string): Promise<PathFault | undefined> {
    return (await this.#at(file, path))?.fault;
  }

  /** The service that BentoML takes where only the module is named. */
  async entryOf(file: string): Promise<LocatedService | EntryFault | undefined> {
    const instances = await this.#instances(file);
    const linked = await this.#linked(file);
    if (linked === undefined) return undefined;
    const [entry, ...others] = entryInstances(instances);
    if (entry === undefined) {
      const unnamed = linked.services.find(({ attribute }) => attribute === '');
      if (unnamed !== undefined) return { service: unnamed, file };
    }
    if (entry === undefined || others.length > 0) {
      const names = [entry ?? [], others].flat().map(({ name }) => name);
      return linked.isOpen ? undefined : { kind: 'several', names };
    }
    const { definition } = entry;
    const services = await this.servicesOf(definition.file);
    const service = services?.find(({ attribute }) => attribute === definition.attribute);
    return service && { service, file: definition.file };
  }

  async #instances(file: string): Promise<readonly ServiceInstance[]> {
    if (!(await this.#load(file))) return [];
    return (await this.#linked(file))?.instances ?? [];
  }

  async #at(file: string, path: string): Promise<ReturnType<typeof pathInModule> | undefined> {
    if (!(await this.#load(file))) return undefined;
    for (let round = 0; round < roundsLimit; round++) {
      const module = this.#modules.get(file);
      if (module === undefined || module === null) return undefined;
      if (this.#isSpent(file)) return undefined;
      await this.#turns.next();
      const found = pathInModule(module, path, this.#moduleAt, this.#options.filesOf);
      this.#spend(file, found.steps);
      if (found.needed.size === 0) return found;
      await this.#loadAll(found.needed);
    }
    return undefined;
  }

  /** Files that name a module with which services can be made may use it. */
  async #readUsersOf(
    makers: readonly string[],
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const [file, searched] of this.#searched) {
      if (searched === key || this.#modules.has(file)) continue;
      signal?.throwIfAborted();
      this.#searched.set(file, key);
      const content = await this.#options.read(file);
      const mayUse = content && makers.some((maker) => mayImport(file, content, maker));
      if (content !== undefined && mayUse === true) await this.#parse(file, content);
    }
  }

  async #linked(file: string): Promise<ModuleServices | undefined> {
    const known = this.#services.get(file);
    if (known !== undefined && this.#holds(known)) return known;
    for (let round = 0; round < roundsLimit; round++) {
      const module = this.#modules.get(file);
      if (module === undefined || module === null) return undefined;
      if (this.#isSpent(file)) return undefined;
      await this.#turns.next();
      const linked = servicesOfModule(module, this.#moduleAt, this.#options.filesOf);
      this.#spend(file, linked.steps);
      if (linked.needed.size === 0 || round === roundsLimit - 1) {
        this.#services.set(file, linked);
        return linked;
      }
      await this.#loadAll(linked.needed);
    }
    return undefined;
  }

  #spend(file: string, steps: number): void {
    this.#steps += steps;
    if (steps >= stepsOfModule) this.#cut(file);
  }

  #isSpent(file: string): boolean {
    if (this.#steps < stepsLimit) return false;
    this.#cut(file);
    return true;
  }

  /** Warns once that something is left out. */
  #cut(file: string): void {
    if (this.#cutFiles.size === 0) {
      this.#options.log?.warn(
        'Some services of this folder may be missing: its Python files are too complex to be worked out in a few seconds. Exclude generated files (files.exclude), or name the services in serveBento.bentos.',
      );
    }
    this.#cutFiles.add(file);
  }

  #holds({ used }: ModuleServices): boolean {
    for (const [file, module] of used) if (this.#moduleAt(file) !== module) return false;
    return true;
  }

  readonly #moduleAt = (file: string): PythonModule | null | undefined => {
    const module = this.#modules.get(file);
    return module === undefined && !this.#options.has(file) ? null : module;
  };

  async #loadAll(files: ReadonlySet<string>): Promise<void> {
    for (const file of files) {
      if (!(await this.#load(file))) this.#modules.set(file, null);
    }
  }

  /** Reads a file that was not needed before; false when there is none. */
  async #load(file: string): Promise<boolean> {
    const known = this.#modules.get(file);
    if (known !== undefined) return known !== null;
    const content = await this.#options.read(file);
    if (content === undefined) return false;
    await this.#parse(file, content);
    return true;
  }

  async #parse(file: string, content: Buffer): Promise<void> {
    const text = content.toString('utf8');
    this.#modules.set(file, await readPythonModuleInSlices(file, text, pause));
  }
}

/** Whether a file may import a module: whether it has the word that every import of it has. */
function mayImport(file: string, content: Buffer, module: string): boolean {
  const stem = basename(module, '.py');
  if (stem !== '__init__') return content.includes(stem);
  const directory = dirname(module);
  // Files of a package import it without its name.
  const isInside = isWithin(directory, file);
  return content.includes(basename(directory)) || (isInside && content.includes('from .'));
}
