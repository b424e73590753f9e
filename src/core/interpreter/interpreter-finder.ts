import { say, textOf } from '../messages/message';
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock';
import type { KeyedFiles } from '../keyed-files';
import { chooseDebugpy, type Debugpy, type DebugpySources } from '../debug/debugpy-source';
import type { Log } from '../log';
import { cancelled } from '../problem';
import type { ServeSettings } from '../settings/serve-settings';
import { foundCandidates, pythonOf, type Candidate } from './candidates';
import { findCommand } from './find-command';
import { expectedInterpreter, type ExpectedInterpreter } from './expected-interpreter';
import type { Interpreter } from './interpreter';
import {
  InterpreterError,
  nearest,
  noBentoml,
  noInterpreter,
  notOnPath,
  tooOld,
  unsupportedBentoml,
  unusable,
} from './interpreter-error';
import {
  InterpreterProbe,
  type ProbeContext,
  type ProbeOutcome,
  type ProbeRequest,
} from './interpreter-probe';
import { ProbeCache, stampsOf } from './probe-cache';
import type { ProbeReport, PythonTools } from './probe-report';
import { isBentomlSupported, isPythonSupported } from './supported-versions';

export interface FindOptions {
  /** Whether a program may be run. The search ends at the first one that may not. Default: all may. */
  readonly mayRun?: (path: string) => boolean;
  /** Called before an interpreter is run, with the facts that it will probably report. The search waits for it. */
  readonly onExpected?: (expected: ExpectedInterpreter) => Promise<void>;
}

export interface FindRequest extends FindOptions {
  /** The workspace folder. */
  readonly folder: string;
  /** The folder in which the bento is started. */
  readonly workingDir: string;
  readonly settings: Pick<ServeSettings, 'pythonPath' | 'env'>;
  readonly signal?: AbortSignal | undefined;
}

export interface FinderContext extends ProbeContext {
  /** The choice made in the Python extension for a folder, where that extension is there. */
  readonly selected: (folder: string) => Promise<string | undefined>;
  readonly log: Log;
  /** Interpreter facts stored by earlier windows. Default: nothing is stored. */
  readonly stored?: StoredFacts;
}

export interface StoredFacts {
  readonly files: Pick<KeyedFiles, 'read' | 'write' | 'remove'>;
  readonly clock: Clock;
  /** Called when an interpreter's facts differ from those that an earlier window stored. */
  readonly onRefuted: () => void;
}

/** The delay before stored facts are verified, so that a serve in progress is not slowed down. */
const verifyAfterMs = 5_000;

const settingOrigin = say('originSetting');

/** Finds the interpreter that serves a bento. What people chose is taken or refused, never passed over. */
export class InterpreterFinder {
  readonly #around: FinderContext;
  readonly #probe: InterpreterProbe;
  readonly #cache: ProbeCache;

  constructor(surroundings: FinderContext) {
    this.#around = surroundings;
    this.#cache = new ProbeCache(surroundings.stored?.files);
    this.#probe = new InterpreterProbe(surroundings);
  }

  /** @throws InterpreterError `no-python`, `no-bentoml`, `unsupported-version`; ServeError `cancelled`, `untrusted`. */
  async find(request: FindRequest): Promise<Interpreter> {
    const chosen = await this.#chosen(request);
    if (chosen !== undefined) return await this.#check(chosen, request);

    const refused: InterpreterError[] = [];
    for await (const candidate of foundCandidates(request, this.#around)) {
      try {
        return await this.#check(candidate, request);
      } catch (error) {
        if (!(error instanceof InterpreterError)) throw error;
        this.#around.log.debug(`python: ${error.message}`);
        refused.push(error);
      }
    }
    throw nearest(refused) ?? noInterpreter(request.folder);
  }

  /** Returns the tools that install packages for an interpreter. Not cached: an install may change them. @throws like `find` */
  async tools(path: string, request: ProbeRequest): Promise<PythonTools> {
    return reportOf(path, await this.#probe.tools(path, request));
  }

  /** Returns the debugpy for an interpreter. Not cached: an install may change it. @throws like `find` */
  async debugpy(path: string, sources: DebugpySources, request: ProbeRequest): Promise<Debugpy> {
    const report = reportOf(path, await this.#probe.debugpy(path, request));
    return chooseDebugpy(path, report, sources, await findCommand('uv', this.#around));
  }

  async #chosen(request: FindRequest): Promise<Candidate | undefined> {
    const { pythonPath } = request.settings;
    if (pythonPath !== undefined) return await this.#fromSetting(pythonPath);
    const path = await this.#fromExtension(request);
    return path === undefined
      ? undefined
      : { path: await this.#insideFolder(path), origin: say('originExtension') };
  }

  async #fromSetting(pythonPath: string): Promise<Candidate> {
    if (/[\\/]/.test(pythonPath)) {
      return { path: await this.#insideFolder(pythonPath), origin: settingOrigin };
    }
    const path = await findCommand(pythonPath, this.#around);
    if (path === undefined) throw notOnPath(pythonPath, settingOrigin);
    return { path, origin: settingOrigin };
  }

  /** Another extension's failure is no reason not to serve, and its silence none not to be cancelled. */
  async #fromExtension({ folder, signal }: FindRequest): Promise<string | undefined> {
    const { selected, log } = this.#around;
    const answer = Promise.resolve(folder)
      .then(selected)
      .catch((error: unknown) => {
        log.warn(`The Python extension did not return its interpreter: ${String(error)}`);
        return undefined;
      });
    return await Promise.race([answer, ...(signal === undefined ? [] : [aborted(signal)])]);
  }

  /** People name the folder of an environment where its interpreter is meant. */
  async #insideFolder(path: string): Promise<string> {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isFolder ? pythonOf(path, this.#around.platform) : path;
  }

  async #check(candidate: Candidate, request: FindRequest): Promise<Interpreter> {
    if (request.mayRun?.(candidate.path) === false) throw cancelled();
    const report = await this.#report(candidate, request);
    const path = report.executable || candidate.path;
    const real = { ...candidate, path, ...(path !== candidate.path && { shim: candidate.path }) };
    if (!isPythonSupported(report.version)) throw tooOld(real, report.version);
    if (report.bentoml === null) throw noBentoml(real, report.version);
    if (!isBentomlSupported(report.bentoml)) throw unsupportedBentoml(real, report.bentoml);
    const packages = createHash('sha256')
      .update(await stampsOf(path, report))
      .digest('hex');
    return { ...real, version: report.version, bentomlVersion: report.bentoml, packages };
  }

  async #report(candidate: Candidate, request: FindRequest): Promise<ProbeReport> {
    const variables = this.#probe.variables(request);
    const known = await this.#cache.get(candidate.path, variables);
    if (known === undefined) {
      await this.#expect(candidate, request);
      return await this.#ask(candidate, request);
    }
    if (known.isUnverified) this.#verifyLater(candidate, known.report, request);
    return known.report;
  }

  async #expect({ path }: Candidate, { onExpected }: FindRequest): Promise<void> {
    if (onExpected === undefined) return;
    const expected = await expectedInterpreter(path);
    if (expected !== undefined) await onExpected(expected);
  }

  async #ask(candidate: Candidate, request: FindRequest): Promise<ProbeReport> {
    const outcome = await this.#probe.probe(candidate.path, request);
    if (!outcome.ok) {
      const detail = outcome.detail === undefined ? '' : `\nIt wrote:\n${outcome.detail}`;
      this.#around.log.info(`python: ${candidate.path} ${textOf(outcome.why)}${detail}`);
      throw unusable(candidate, outcome.why, outcome.detail);
    }
    await this.#cache.set(candidate.path, this.#probe.variables(request), outcome.report);
    return outcome.report;
  }

  /** Runs an interpreter to verify the facts that an earlier window stored. */
  #verifyLater(candidate: Candidate, known: ProbeReport, request: FindRequest): void {
    const { stored, log } = this.#around;
    const { signal: _, ...own } = request;
    const refuted = (why: string): void => {
      log.warn(`python: ${candidate.path} has changed since an earlier window: ${why}`);
      stored?.onRefuted();
    };
    stored?.clock.after(verifyAfterMs, () => {
      this.#ask(candidate, own).then(
        (report) => {
          if (!isDeepStrictEqual(report, known)) refuted(JSON.stringify(report));
        },
        (error: unknown) => {
          this.#cache.delete(candidate.path, this.#probe.variables(request));
          refuted(String(error));
        },
      );
    });
  }
}

/** Returns the report of an interpreter in use. @throws InterpreterError `no-python` */
function reportOf<Report>(path: string, outcome: ProbeOutcome<Report>): Report {
  if (outcome.ok) return outcome.report;
  throw unusable({ path, origin: say('originInUse') }, outcome.why, outcome.detail);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => {
      reject(cancelled());
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
