import * as vscode from 'vscode';
import type { OneTimeChoices } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import { builtFolder, mappingOfBuilt } from '../../core/debug/built-sources';
import { ChildAdapter } from '../../core/debug/child-adapter';
import type { DebugChoice } from '../../core/debug/debug-choice';
import type { DebuggedWorker } from '../../core/debug/debugged-worker';
import { ParentAdapter, type DebugTarget } from '../../core/debug/parent-adapter';
import type { Disposable } from '../../core/events';
import { say } from '../../core/messages/message';
import type { Bento, Component } from '../../core/model';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import { cancelled, ServeError } from '../../core/problem';
import type { ServeWithProgress } from '../lifecycle/serve-with-progress';
import type { ProblemMessages } from '../problems/problem-messages';
import { componentTitle } from '../../core/component-title';
import { untilAborted } from '../../core/until-aborted';
import { translated } from '../problems/problem-text';
import { assertTrusted } from '../trust/assert-trusted';
import { BentoDebugTarget, type EditorSources } from './bento-debug-target';
import {
  debugConfiguration,
  isOfWorker,
  type AttachConfiguration,
  type DebugConfiguration,
  type LaunchConfiguration,
} from './debug-configuration';
import { inlineAdapter } from './inline-adapter';
import { JoiningTarget } from './joining-target';

interface AttachOptions {
  readonly subProcess: boolean;
  /** The number of the only worker to attach, counted from 1. */
  readonly worker?: number | undefined;
}

export interface DebugSessionParts {
  readonly registry: BentoRegistry;
  readonly progress: Pick<ServeWithProgress, 'serve' | 'withoutProgress'>;
  readonly messages: Pick<ProblemMessages, 'show'>;
  readonly clock: Clock;
  /** The folder that the debugpy for a bento is in. @throws ServeError when there is none. */
  readonly debugpy: (bento: Bento, cancel: AbortSignal) => Promise<string>;
}

/** The debug sessions of bentos, and those of their workers. */
export class DebugSessions implements vscode.DebugAdapterDescriptorFactory {
  readonly #parts: DebugSessionParts;
  /** By the id of the session. */
  readonly #targets = new Map<string, BentoDebugTarget>();

  constructor(parts: DebugSessionParts) {
    this.#parts = parts;
  }

  /** The session of a bento, if it has one. */
  #sessionOf(bento: string): BentoDebugTarget | undefined {
    return [...this.#targets.values()].find(({ id, isOver }) => id === bento && !isOver);
  }

  isDebugging(bento: string): boolean {
    return this.#sessionOf(bento) !== undefined;
  }

  /** The worker that debugpy's adapter behind a socket is for. */
  worker(session: vscode.DebugSession | undefined, socket: unknown): DebuggedWorker | undefined {
    return this.#targetOf(session)?.workers.find((worker) => worker.socket === socket);
  }

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    return isOfWorker(session.configuration) ? this.#child(session) : this.#parent(session);
  }

  /** Attaches the workers of a component, or of all. The session of the bento, if there is one, takes them in. */
  async attach(
    bento: Bento,
    component: string | undefined,
    { subProcess, worker }: AttachOptions,
    cancel: AbortSignal,
  ): Promise<void> {
    const { registry, debugpy } = this.#parts;
    const folder = await debugpy(bento, cancel);
    const id = component === undefined ? undefined : componentNamed(bento, component).id;
    await registry.attachDebugger(bento.id, id, { debugpy: folder, subProcess }, worker);
  }

  /**
   * Adds what another configuration requests to the present session of the bento.
   * @throws ServeError `cancelled` if that session could not begin, which it has reported itself.
   */
  async join(configuration: DebugConfiguration, cancel: AbortSignal): Promise<void> {
    const id = configuration.bento;
    const before = this.#sessionOf(id)?.begun ?? Promise.resolve();
    await untilAborted(
      cancel,
      before.catch(() => Promise.reject(cancelled())),
    );
    const bento = this.#listed(id);
    if (configuration.request === 'attach') {
      await this.#attachServed(bento, configuration, cancel);
    } else if (!configuration.noDebug) {
      await this.#debugServed(bento, configuration, cancel);
    }
  }

  #parent(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { clock } = this.#parts;
    const configuration = debugConfiguration.parse(session.configuration);
    const { justMyCode, subProcess } = configuration;
    const target = this.#target(session.id, configuration);
    return inlineAdapter(
      (send) => new ParentAdapter({ target, options: { justMyCode, subProcess }, clock, send }),
      () => {
        target.dispose();
        this.#targets.delete(session.id);
      },
    );
  }

  /** Gives a bento only one session: the first of several that begin at the same time, as in a compound. */
  #target(session: string, configuration: DebugConfiguration): DebugTarget & Disposable {
    const { bento } = configuration;
    if (this.isDebugging(bento)) {
      return new JoiningTarget((cancel) =>
        this.#reporting(bento, cancel, () => this.join(configuration, cancel)),
      );
    }
    const target = new BentoDebugTarget(bento, this.#parts.registry, (cancel) =>
      this.#reporting(bento, cancel, async () => {
        const { note, ...sources } = await this.#sourcesOf(this.#listed(bento));
        target.sources = sources;
        return joinedNotes(note, await this.#begin(configuration, cancel));
      }),
    );
    this.#targets.set(session, target);
    return target;
  }

  /** The store serves a copy of the sources of a built bento. */
  async #sourcesOf({
    id,
    displayName,
    source,
  }: Bento): Promise<EditorSources & { readonly note: string | undefined }> {
    const directory = this.#parts.registry.discovered(id)?.workingDir;
    if (directory === undefined || source !== 'store') {
      return { pathMappings: [], folder: directory, note: undefined };
    }
    const built = builtFolder(directory);
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const pathMappings = await mappingOfBuilt(built, folders);
    const note = vscode.l10n.t(
      '{0} is served from its built copy, and no workspace folder has the same files. Set breakpoints in the files of {1}.',
      displayName,
      built,
    );
    return {
      pathMappings,
      folder: pathMappings[0]?.localRoot ?? built,
      note: pathMappings.length === 0 ? note : undefined,
    };
  }

  #child(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { registry, progress } = this.#parts;
    const target = this.#targetOf(session);
    const worker = this.worker(session, session.configuration['socket']);
    if (target === undefined || worker === undefined) {
      throw new Error(vscode.l10n.t('The process has ended or is no longer debugged.'));
    }
    const { component, socket, connect } = worker;
    return inlineAdapter(
      (send) =>
        new ChildAdapter({
          connect,
          send,
          onStop: () => void progress.withoutProgress(target.id, () => target.stop()),
          // A process that a worker has started leaves the worker debugged.
          onDisconnect: () => {
            if (session.configuration['subProcessId'] !== undefined) return;
            void progress.withoutProgress(target.id, () => target.release(component));
          },
          onRestart: () =>
            void progress.withoutProgress(target.id, () => registry.restart(target.id, component)),
          onPaused: (isPaused) => target.setPaused(socket, session.id, isPaused),
        }),
    );
  }

  /** Shows the reason if the work fails. */
  async #reporting<T>(id: string, cancel: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { registry, messages } = this.#parts;
    try {
      assertTrusted();
      return await work();
    } catch (error) {
      // The session ends; the message may stay.
      if (!cancel.aborted) void messages.show(error, registry.bento(id)?.id);
      throw error;
    }
  }

  /** Serves the bento, or attaches to it. */
  async #begin(
    configuration: DebugConfiguration,
    cancel: AbortSignal,
  ): Promise<string | undefined> {
    const bento = this.#listed(configuration.bento);
    if (configuration.request === 'attach') {
      return this.#attachServed(bento, configuration, cancel);
    }
    const { profile, noDebug } = configuration;
    const choice = noDebug ? undefined : await this.#choice(bento, configuration, cancel);
    // The bento may have been served meanwhile, for example while debugpy was installed.
    const now = this.#listed(bento.id);
    if (isUp(now)) {
      this.#assertProfile(now, profile);
      if (choice !== undefined) return this.#debugServed(now, configuration, cancel);
    } else if (profile !== undefined) this.#parts.registry.chooseProfile(bento.id, profile);
    await this.#serve(now, choice === undefined ? {} : { debug: choice }, cancel);
    return undefined;
  }

  async #choice(
    bento: Bento,
    { components, subProcess }: LaunchConfiguration,
    cancel: AbortSignal,
  ): Promise<DebugChoice> {
    const named = components?.map((one) => componentNamed(bento, one).id);
    const debugpy = await this.#parts.debugpy(bento, cancel);
    return { debugpy, subProcess, ...(named === undefined ? {} : { components: named }) };
  }

  async #attachServed(
    bento: Bento,
    configuration: AttachConfiguration,
    cancel: AbortSignal,
  ): Promise<string | undefined> {
    await this.#untilKnown(bento, cancel);
    await this.attach(this.#listed(bento.id), configuration.component, configuration, cancel);
    return this.#limitsOf(bento);
  }

  /** Attaches to a bento that is served, or is starting, without a debugger. */
  async #debugServed(
    bento: Bento,
    { profile, components, subProcess }: LaunchConfiguration,
    cancel: AbortSignal,
  ): Promise<string | undefined> {
    await this.#untilKnown(bento, cancel);
    this.#assertProfile(bento, profile);
    const chosen: readonly (string | undefined)[] = components ?? [undefined];
    for (const one of chosen) {
      await this.attach(this.#listed(bento.id), one, { subProcess }, cancel);
    }
    // A start in progress continues, and stopped components are started. Failures are shown; the rest is debugged.
    if (!isWhole(this.#listed(bento.id))) await this.#joinServe(bento, cancel);
    return this.#limitsOf(bento);
  }

  /** Waits until the components of a starting bento are known. Before that, there is nothing to attach to. */
  async #untilKnown(bento: Bento, cancel: AbortSignal): Promise<void> {
    if (!isUp(bento) || this.#parts.registry.debugged(bento.id) !== undefined) return;
    // It has shown why.
    if (!(await this.#joinServe(bento, cancel))) throw cancelled();
  }

  /** Waits for a start without cancelling it when this session ends, because others may wait for it too. */
  #joinServe(bento: Bento, cancel: AbortSignal): Promise<boolean> {
    return untilAborted(cancel, this.#parts.progress.serve(bento));
  }

  /** Compares with the profile that is served: the chosen one may apply only to the next start. */
  #assertProfile(bento: Bento, wanted: string | undefined): void {
    const served = this.#parts.registry.debugged(bento.id);
    if (wanted === undefined || served === undefined) return;
    const { profile } = served.request;
    if (profile !== wanted) throw otherProfile({ ...bento, profile }, wanted);
  }

  /** BentoML reads its time limits when it starts: an attach cannot raise them. */
  #limitsOf({ id, displayName }: Bento): string | undefined {
    return this.#parts.registry.debugged(id)?.hasRaisedLimits === true
      ? undefined
      : translated(say('debuggerTimeLimits', { bento: displayName }), vscode.l10n);
  }

  async #serve(bento: Bento, once: OneTimeChoices, cancel: AbortSignal): Promise<void> {
    // It has shown why.
    if (!(await this.#parts.progress.serve(bento, once, cancel))) throw cancelled();
  }

  #listed(id: string): Bento {
    const bento = this.#parts.registry.bento(id);
    if (bento === undefined) throw notListed(id);
    return bento;
  }

  /** Sessions of subprocesses are below that of their worker. */
  #targetOf(session: vscode.DebugSession | undefined): BentoDebugTarget | undefined {
    for (let one = session; one !== undefined; one = one.parentSession) {
      const target = this.#targets.get(one.id);
      if (target !== undefined) return target;
    }
    return undefined;
  }
}

function joinedNotes(...notes: readonly (string | undefined)[]): string | undefined {
  const given = notes.filter((note) => note !== undefined);
  return given.length === 0 ? undefined : given.join('\n');
}

const isUp = ({ state }: Bento): boolean =>
  state === 'starting' || state === 'ready' || state === 'degraded';

/** Whether the start is over and no component is stopped or failed. */
const isWhole = ({ state, components }: Bento): boolean =>
  state !== 'starting' &&
  components.every((one) => one.state !== 'stopped' && one.state !== 'failed');

function otherProfile(
  { displayName, profile }: { readonly displayName: string; readonly profile: string | undefined },
  wanted: string,
): ServeError {
  const message =
    profile === undefined
      ? vscode.l10n.t(
          '{0} is served without the profile {1}. Stop it, then start debugging again.',
          displayName,
          wanted,
        )
      : vscode.l10n.t(
          '{0} is served with the profile {1}, not {2}. Stop it, then start debugging again.',
          ...[displayName, profile, wanted],
        );
  return new ServeError({ code: 'debugger', message });
}

/** By the name that its row shows, or by its id. */
function componentNamed({ displayName, components }: Bento, name: string): Component {
  const found = components.find((one) => one.id === name || componentTitle(one) === name);
  if (found !== undefined) return found;
  const names = components.map(componentTitle).join(', ');
  throw new ServeError({
    code: 'debugger',
    message: vscode.l10n.t(
      '{0} has no component {1}. Correct the launch configuration; the components are: {2}.',
      displayName,
      name,
      names,
    ),
  });
}

const notListed = (id: string): ServeError =>
  new ServeError({
    code: 'not-found',
    message: vscode.l10n.t('The bento {0} no longer exists. Refresh the view and try again.', id),
  });
