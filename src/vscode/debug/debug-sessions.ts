import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { ChildAdapter } from '../../core/debug/child-adapter';
import type { DebuggedWorker } from '../../core/debug/debugged-worker';
import { ParentAdapter } from '../../core/debug/parent-adapter';
import { say } from '../../core/messages/message';
import type { Bento, Component } from '../../core/model';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import { cancelled, ServeError } from '../../core/problem';
import type { ServeWithProgress } from '../lifecycle/serve-with-progress';
import type { ProblemMessages } from '../problems/problem-messages';
import { componentTitle } from '../../core/component-title';
import { translated } from '../problems/problem-text';
import { assertTrusted } from '../trust/assert-trusted';
import { BentoDebugTarget } from './bento-debug-target';
import { debugConfiguration, type DebugConfiguration } from './debug-configuration';
import { inlineAdapter } from './inline-adapter';

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

  isDebugging(bento: string): boolean {
    return [...this.#targets.values()].some(({ id, isOver }) => id === bento && !isOver);
  }

  /** The worker that debugpy's adapter behind a socket is for. */
  worker(session: vscode.DebugSession | undefined, socket: unknown): DebuggedWorker | undefined {
    return this.#targetOf(session)?.workers.find((worker) => worker.socket === socket);
  }

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    return session.parentSession === undefined ? this.#parent(session) : this.#child(session);
  }

  /** Attaches the workers of a component, or of all. The session of the bento, if there is one, takes them in. */
  async attach(
    bento: Bento,
    component: string | undefined,
    { subProcess }: Pick<DebugConfiguration, 'subProcess'>,
    cancel: AbortSignal,
  ): Promise<void> {
    const { registry, debugpy } = this.#parts;
    const folder = await debugpy(bento, cancel);
    const id = component === undefined ? undefined : componentNamed(bento, component).id;
    await registry.attachDebugger(bento.id, id, { debugpy: folder, subProcess });
  }

  #parent(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { registry, clock } = this.#parts;
    const configuration = debugConfiguration.parse(session.configuration);
    const { bento, justMyCode, subProcess } = configuration;
    const target = new BentoDebugTarget(bento, registry, (cancel) =>
      this.#begin(configuration, cancel),
    );
    this.#targets.set(session.id, target);
    return inlineAdapter(
      (send) => new ParentAdapter({ target, options: { justMyCode, subProcess }, clock, send }),
      () => {
        target.dispose();
        this.#targets.delete(session.id);
      },
    );
  }

  #child(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { registry, progress } = this.#parts;
    const target = this.#targetOf(session);
    const worker = this.worker(session, session.configuration['socket']);
    if (target === undefined || worker === undefined) {
      throw new Error(vscode.l10n.t('The process has ended or is no longer debugged.'));
    }
    const { component, socket } = worker;
    return inlineAdapter(
      (send) =>
        new ChildAdapter({
          socket,
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

  /** Serves or attaches, and shows why it cannot be done. */
  async #begin(
    configuration: DebugConfiguration,
    cancel: AbortSignal,
  ): Promise<string | undefined> {
    const { registry, messages } = this.#parts;
    const bento = registry.bento(configuration.bento);
    try {
      assertTrusted();
      if (bento === undefined) throw notListed(configuration.bento);
      return await this.#serveOrAttach(bento, configuration, cancel);
    } catch (error) {
      // The session ends; the message may stay.
      if (!cancel.aborted) void messages.show(error, bento?.id);
      throw error;
    }
  }

  async #serveOrAttach(
    bento: Bento,
    configuration: DebugConfiguration,
    cancel: AbortSignal,
  ): Promise<string | undefined> {
    const { progress, registry, debugpy } = this.#parts;
    if (configuration.request === 'attach') {
      await this.attach(bento, configuration.component, configuration, cancel);
      return limitsOf(bento);
    }
    const { profile, components, noDebug, subProcess } = configuration;
    const isRunning = bento.state === 'ready' || bento.state === 'degraded';
    if (isRunning && !noDebug) {
      const chosen: readonly (string | undefined)[] = components ?? [undefined];
      for (const one of chosen) await this.attach(bento, one, configuration, cancel);
      return limitsOf(bento);
    }
    if (profile !== undefined) registry.chooseProfile(bento.id, profile);
    const debug = noDebug
      ? {}
      : {
          debug: {
            debugpy: await debugpy(bento, cancel),
            subProcess,
            ...(components === undefined
              ? {}
              : { components: components.map((one) => componentNamed(bento, one).id) }),
          },
        };
    // It has shown why.
    if (!(await progress.serve(bento, debug, cancel))) throw cancelled();
    return undefined;
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

/** BentoML reads its time limits when it starts: an attach cannot raise them. */
const limitsOf = ({ displayName }: Bento): string =>
  translated(say('debuggerTimeLimits', { bento: displayName }), vscode.l10n);

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
