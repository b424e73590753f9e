import { beforeEach, describe, expect, it } from 'vitest';
import type { DebugAdapterInlineImplementation, DebugProtocolMessage, DebugSession } from 'vscode';
import type { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import { Emitter } from '../../../src/core/events';
import type { Bento } from '../../../src/core/model';
import type { BentoRegistry } from '../../../src/core/registry/bento-registry';
import { DebugSessions } from '../../../src/vscode/debug/debug-sessions';
import { bento, component } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';
import { settle } from '../../support/settle';
import { until } from '../../support/until';

const id = 'a.py:A';
const names = { type: 'serveBento', name: 'Own', bento: id };
const launch = { ...names, request: 'launch' };
const attach = { ...names, request: 'attach' };

/** What is read of the messages to the editor. */
interface Sent {
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: { readonly output?: string };
}

/** A window with one bento. */
class World {
  readonly calls: string[] = [];
  /** In the debug console. */
  readonly output: string[] = [];
  readonly #changed = new Emitter<string | undefined>();
  bento: Bento = bento({ id, name: 'A' });
  /** They are known. */
  hasComponents = false;
  hasRaisedLimits = false;
  /** The one that it is served with. */
  profile: string | undefined;
  /** What serving it leads to. */
  served: () => Promise<boolean> = () => {
    this.is('ready');
    return Promise.resolve(true);
  };
  /** While debugpy is looked for. */
  meanwhile = (): void => undefined;
  readonly sessions: DebugSessions;

  constructor() {
    const debug = {
      workers: [],
      onDidAttach: new Emitter().event,
      onDidFail: new Emitter().event,
    } as unknown as BentoDebugger;
    const registry = {
      bento: (one: string) => (one === id ? this.bento : undefined),
      discovered: () => ({ workingDir: '/store/bentos/a/1' }),
      debugger: () => debug,
      debugged: () =>
        this.hasComponents
          ? { hasRaisedLimits: this.hasRaisedLimits, request: { profile: this.profile } }
          : undefined,
      onDidChange: this.#changed.event,
      attachDebugger: (_: string, part = 'all') =>
        Promise.resolve(void this.calls.push(`attach ${part}`)),
      chooseProfile: (_: string, profile: string) => void this.calls.push(`profile ${profile}`),
    } as unknown as BentoRegistry;
    this.sessions = new DebugSessions({
      registry,
      progress: {
        serve: (_, once) => {
          const { components = ['all'] } = once?.debug ?? {};
          this.calls.push(once?.debug === undefined ? 'serve' : `debug ${components.join(' ')}`);
          return this.served();
        },
        withoutProgress: () => Promise.resolve(),
      },
      messages: {
        show: (error) => Promise.resolve(void this.calls.push((error as Error).message)),
      },
      clock: new ManualClock(),
      debugpy: () => {
        this.meanwhile();
        return Promise.resolve('/debugpy');
      },
    });
  }

  is(state: Bento['state'], parts: Partial<Bento> = {}): void {
    const own = component({ state: state === 'ready' ? 'ready' : 'starting' });
    this.bento = bento({ id, name: 'A', state, components: [own], ...parts });
    this.hasComponents = state !== 'stopped';
    this.#changed.fire(id);
  }

  /** Begins a session; gives what it sends to the editor. */
  begin(configuration: object): string[] {
    const session = { id: String(Math.random()), configuration } as unknown as DebugSession;
    const descriptor = this.sessions.createDebugAdapterDescriptor(session);
    const { implementation } = descriptor as DebugAdapterInlineImplementation & {
      readonly implementation: {
        readonly onDidSendMessage: (listener: (message: unknown) => void) => void;
        readonly handleMessage: (message: DebugProtocolMessage) => void;
      };
    };
    const sent: string[] = [];
    implementation.onDidSendMessage((message) => {
      const { event, command, success, body } = message as Sent;
      if (event === 'output') this.output.push(body?.output ?? '');
      sent.push(event ?? `${command}: ${success}`);
    });
    const { request } = configuration as { request: string };
    const message = { type: 'request', seq: 1, command: request, arguments: configuration };
    implementation.handleMessage(message);
    return sent;
  }
}

describe('debugging a bento', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('serves it under the debugger', async () => {
    const sent = world.begin(launch);
    await settle();
    expect([world.calls, sent]).toEqual([['debug all'], ['launch: true']]);
  });

  it('that is served attaches, and starts what does not run', async () => {
    world.is('degraded', { components: [component({ state: 'failed' })] });
    const sent = world.begin(launch);
    await settle();
    expect(world.calls).toEqual(['attach all', 'serve']);
    expect(sent).toEqual(['output', 'launch: true']);
  });

  it('that is served keeps the session if the rest cannot be started', async () => {
    world.is('degraded', { components: [component({ state: 'failed' })] });
    world.served = () => Promise.resolve(false);
    const sent = world.begin(launch);
    await settle();
    expect(sent).toEqual(['output', 'launch: true']);
  });

  it.each([
    ['whose plan is not known yet', false, ['serve', 'attach all']],
    ['whose components are starting', true, ['attach all', 'serve']],
  ])('that is starting without it, and %s, attaches', async (_, hasComponents, calls) => {
    world.is('starting');
    world.hasComponents = hasComponents;
    world.begin(launch);
    await settle();
    expect(world.calls).toEqual(calls);
  });

  it('that is served while debugpy is installed attaches', async () => {
    world.meanwhile = () => world.is('ready');
    world.begin(launch);
    await settle();
    expect(world.calls).toEqual(['attach all']);
  });

  it('that is served with another profile is refused', async () => {
    // What is chosen is for the next start.
    world.is('ready', { profile: 'large' });
    world.profile = 'small';
    const sent = world.begin({ ...launch, profile: 'large' });
    await settle();
    expect(world.calls).toEqual([
      'A is served with the profile small, not large. Stop it, then start debugging again.',
    ]);
    expect(sent).toEqual(['launch: false']);
  });

  it('that is served without a profile is refused one', async () => {
    world.is('ready');
    world.begin({ ...launch, profile: 'large' });
    await settle();
    expect(world.calls).toEqual([
      'A is served without the profile large. Stop it, then start debugging again.',
    ]);
  });

  it('without debugging does not pretend to use another profile, either', async () => {
    world.is('ready');
    world.begin({ ...launch, profile: 'large', noDebug: true });
    await settle();
    expect(world.calls).toEqual([
      'A is served without the profile large. Stop it, then start debugging again.',
    ]);
  });

  it('to attach while its plan is made waits for it', async () => {
    world.is('starting');
    world.hasComponents = false;
    world.served = () => {
      world.is('ready');
      return Promise.resolve(true);
    };
    world.begin({ ...attach, component: 'http' });
    await settle();
    expect(world.calls).toEqual(['serve', 'attach http']);
  });

  it.each([
    [false, ['output', 'launch: true']],
    [true, ['launch: true']],
  ])(
    'says that time limits apply unless they are raised: %s',
    async (hasRaisedLimits, messages) => {
      world.is('ready');
      world.hasRaisedLimits = hasRaisedLimits;
      const sent = world.begin(launch);
      await settle();
      expect(sent).toEqual(messages);
    },
  );

  it('twice at once has one session, which debugs what both ask for', async () => {
    const first = world.begin({ ...launch, components: ['http'] });
    const second = world.begin({ ...attach, component: 'http' });
    await settle();
    await new Promise(setImmediate);
    expect(world.calls).toEqual(['debug http', 'attach http']);
    expect([first, second]).toEqual([['launch: true'], ['attach: true', 'terminated']]);
  });

  it('twice at once fails once', async () => {
    world.served = () => Promise.resolve(false);
    const sent = [world.begin(launch), world.begin(launch)];
    await settle();
    expect(sent).toEqual([['launch: false'], ['launch: false']]);
    expect(world.calls.filter((call) => call.startsWith('attach'))).toEqual([]);
  });

  it('of the store names the folder of its sources, which no workspace folder has', async () => {
    world.bento = bento({ id, name: 'A', source: 'store' });
    const sent = world.begin(launch);
    await until('the answer', () => sent.includes('launch: true'));
    expect(sent).toEqual(['output', 'launch: true']);
    expect(world.output).toEqual([
      'A is served from its built copy, and no workspace folder has the same files. Set breakpoints in the files of /store/bentos/a/1/src.\n',
    ]);
  });

  it('under a session of another type is no session of a worker', async () => {
    world.begin({ ...launch, parentSession: { type: 'node' } });
    await settle();
    expect(world.calls).toEqual(['debug all']);
  });
});
