import type { LeftoverDeployment } from '../../src/core/bento-manager';
import { say } from '../../src/core/messages/message';
import type { BentoEngine } from '../../src/core/model';
import { OutputHistory } from '../../src/core/logs/output-history';
import type { ComponentLog } from '../../src/core/logs/component-log';
import type { EngineServe } from '../../src/core/registry/engines/engine-serve';
import type { EngineParts, ServedEngineParts } from '../../src/core/registry/engines/opened-engine';
import { EngineBento } from '../../src/core/target/engine/engine-bento';
import type { AppliedBento, AppliedComponent, ApplyOptions } from '../../src/core/target/target';
import { untilAborted } from '../../src/core/until-aborted';
import { applied, FakeApplied } from './fake-applied';
import { planOf } from './plans';

const engine = { kind: 'compose' } as const;

/** An engine that runs at most one bento. Use it with `fakeServing`. */
export class FakeEngine {
  /** What was applied and adopted, in this order. */
  readonly applied: FakeApplied[] = [];
  readonly calls: string[] = [];
  /** The components that it runs. Absent: none. */
  running: readonly AppliedComponent[] | undefined;
  /** Answers a look for a bento that it runs. */
  look: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  /** Answers what the target asks before anything is prepared. */
  asking: () => Promise<void> = () => Promise.resolve();
  /** Answers while a bento is prepared. */
  preparing: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  #ready = Promise.withResolvers<undefined>();

  get newest(): FakeApplied {
    const last = this.applied.at(-1);
    if (last === undefined) throw new Error('nothing was applied');
    return last;
  }

  /** What was applied last becomes ready. */
  ready(components: readonly AppliedComponent[] = [applied()]): void {
    this.running = components;
    this.newest.has(...components);
    this.#ready.resolve(undefined);
    this.#ready = Promise.withResolvers();
  }

  fail(error: Error): void {
    this.#ready.reject(error);
    this.#ready = Promise.withResolvers();
  }

  /** The parts of the core that serve with it. */
  readonly serving = {
    engineBento: async (parts: ServedEngineParts, serve: EngineServe): Promise<EngineBento> => {
      await this.asking();
      return this.#bento(parts, serve);
    },
    adoptedBento: async (
      parts: ServedEngineParts,
      signal: AbortSignal,
    ): Promise<EngineBento | undefined> => {
      this.calls.push('look');
      await this.look(signal);
      return this.running === undefined
        ? undefined
        : this.#bento(parts, undefined, this.#watch(this.running));
    },
    leftoverDeployment: async (
      { record: { bento } }: EngineParts,
      left: BentoEngine,
      signal: AbortSignal,
    ): Promise<LeftoverDeployment | undefined> => {
      this.calls.push('look for what is left');
      let isFound = false;
      try {
        await this.look(signal);
        if (this.running === undefined) return undefined;
        isFound = true;
      } catch {
        // It does not answer.
      }
      const key = isFound ? 'leftOnCompose' : 'maybeLeftOnCompose';
      return { engine: left, isFound, message: say(key, { bento: bento.name, project: 'p' }) };
    },
  };

  #bento(
    { context, sources, logFor, code, record }: ServedEngineParts,
    serve: EngineServe | undefined,
    adopted?: FakeApplied,
  ): EngineBento {
    const { bento } = record;
    const request = {
      ...{ bento, settings: sources.settingsFor(bento) },
      ...(serve === undefined ? {} : serve.found),
    };
    return new EngineBento(
      {
        ...{ clock: context.clock, platform: context.platform, engine, logFor, request, code },
        debug: () => record.once.debug,
        removeFiles: () => Promise.resolve(),
        onPhase: serve?.asked.onPhase ?? (() => undefined),
        prepare: async (signal) => {
          await this.preparing(signal);
          return {
            ...{ plan: planOf([]), mountsSource: false },
            apply: (options) => this.#apply(options),
          };
        },
      },
      adopted,
    );
  }

  #watch(components: readonly AppliedComponent[]): FakeApplied {
    const watched = new FakeApplied(components);
    watched.answer = (call) => {
      this.calls.push(call);
      if (call === 'stop') this.running = undefined;
      return Promise.resolve();
    };
    this.applied.push(watched);
    return watched;
  }

  /** See `Target.apply`. */
  async #apply({
    signal,
    onApplied,
  }: Pick<ApplyOptions, 'signal' | 'onApplied'>): Promise<AppliedBento> {
    this.calls.push('apply');
    const isNew = this.running === undefined;
    this.running ??= [applied({ state: 'starting' })];
    const watched = this.#watch(this.running);
    onApplied?.(watched);
    try {
      await untilAborted(signal, this.#ready.promise);
      return watched;
    } catch (error) {
      watched.dispose();
      this.calls.push(isNew ? 'remove' : 'leave');
      if (isNew) this.running = undefined;
      throw error;
    }
  }
}

/** A log that keeps what it gets. */
export function fakeLog(lines: string[] = []): ComponentLog {
  return {
    path: '/logs/component.log',
    output: new OutputHistory(),
    write: (text: string, process: string) => void lines.push(`${process}: ${text}`),
    ended: (process: string) => lines.push(`${process} ended`),
    event: (text: string) => lines.push(text),
  } as unknown as ComponentLog;
}
