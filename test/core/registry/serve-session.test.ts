import { describe, expect, it } from 'vitest';
import type { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import type { Problem } from '../../../src/core/model';
import { ServeError } from '../../../src/core/problem';
import { discovered } from '../../support/bentos';
import { ServeWorld } from '../../support/serve-world';
import { settle } from '../../support/settle';

const broken: Problem = { code: 'import-failed', message: 'No module named x.' };

/** Brings a bento into a state. */
const states = {
  stopped: () => Promise.resolve(),
  'asking a question': async (world) => {
    world.ask();
    world.serve();
    await settle();
  },
  starting: async (world) => {
    world.serve();
    await settle();
  },
  ready: async (world) => {
    world.serve();
    await world.finish();
  },
  unhealthy: async (world) => {
    await states.ready(world);
    world.newest.turn('unhealthy');
  },
  failed: async (world) => {
    world.serve();
    await settle();
    world.newest.fail(new ServeError(broken));
    await settle();
  },
  'stopping for good': async (world) => {
    await states.ready(world);
    world.newest.holdsStop = true;
    world.stop();
    await settle();
  },
  'checking before a restart': async (world) => {
    await states.ready(world);
    world.ask();
    world.restart();
    await settle();
  },
  'stopping for a restart': async (world) => {
    await states.ready(world);
    world.newest.holdsStop = true;
    world.restart();
    await settle();
  },
  'starting after a restart': async (world) => {
    await states.ready(world);
    world.restart();
    await settle();
  },
} satisfies Record<string, (world: ServeWorld) => Promise<void>>;

const events = {
  serve: (world) => world.serve(),
  restart: (world) => world.restart(),
  stop: (world) => world.stop(),
  cancel: (world) => world.cancel(),
  'folder leaves': (world) => world.leave(),
  'bento vanishes': (world) => world.vanish(),
  'settings change': (world) => world.configure(),
  'helper is lost': (world) => world.lose(),
  'serve a component': (world) => world.serveComponent(),
  'restart a component': (world) => world.restartComponent(),
  'stop a component': (world) => world.stopComponent(),
} satisfies Record<string, (world: ServeWorld) => void>;

type State = keyof typeof states;
type EventName = keyof typeof events;

/** After everything that was waited for has happened: see `ServeWorld.summary`. */
const expected: Readonly<Record<State, Readonly<Record<EventName, string>>>> = {
  stopped: {
    serve: 'ready; start; requests done',
    restart: 'ready; start; requests done',
    stop: 'stopped',
    cancel: 'stopped',
    'folder leaves': 'not listed',
    'bento vanishes': 'not listed',
    'settings change': 'stopped',
    'helper is lost': 'stopped',
    'serve a component': 'ready; start; requests done',
    'restart a component': 'ready; start; requests done',
    'stop a component': 'stopped; requests done',
  },
  'asking a question': {
    serve: 'ready; start; requests done, done',
    restart: 'ready; start; requests done, done',
    stop: 'stopped; requests cancelled',
    cancel: 'stopped; requests cancelled',
    'folder leaves': 'not listed; requests cancelled',
    'bento vanishes': 'ready, gone; start; requests done',
    'settings change': 'ready, settings; start; requests done',
    'helper is lost': 'ready; start; requests done',
    'serve a component': 'ready; start; requests done, done',
    'restart a component': 'ready; start; requests done, done',
    'stop a component': 'ready; start; requests done, done',
  },
  starting: {
    serve: 'ready; requests done, done',
    restart: 'ready; requests done, done',
    stop: 'stopped; stop; requests cancelled',
    cancel: 'stopped; stop; requests cancelled',
    'folder leaves': 'not listed; stop; requests cancelled',
    'bento vanishes': 'ready, gone; requests done',
    'settings change': 'ready, settings; requests done',
    'helper is lost': 'failed (crashed); stop; requests crashed',
    'serve a component': 'ready; requests done, done',
    'restart a component': 'ready; restart http; requests done, done',
    'stop a component': 'stopped; stop http, stop; requests cancelled, done',
  },
  ready: {
    serve: 'ready; requests done',
    restart: 'ready; stop, start; requests done',
    stop: 'stopped; stop',
    cancel: 'ready',
    'folder leaves': 'not listed; stop',
    'bento vanishes': 'ready, gone',
    'settings change': 'ready, settings',
    'helper is lost': 'failed (crashed); stop',
    'serve a component': 'ready; start http; requests done',
    'restart a component': 'ready; restart http; requests done',
    'stop a component': 'stopped; stop http, stop; requests done',
  },
  unhealthy: {
    serve: 'ready; start http; requests done',
    restart: 'ready; stop, start; requests done',
    stop: 'stopped; stop',
    cancel: 'degraded',
    'folder leaves': 'not listed; stop',
    'bento vanishes': 'degraded, gone',
    'settings change': 'degraded, settings',
    'helper is lost': 'failed (crashed); stop',
    'serve a component': 'ready; start http; requests done',
    'restart a component': 'ready; restart http; requests done',
    'stop a component': 'stopped; stop http, stop; requests done',
  },
  failed: {
    serve: 'ready; start; requests done',
    restart: 'ready; start; requests done',
    stop: 'stopped',
    cancel: 'failed (import-failed)',
    'folder leaves': 'not listed',
    'bento vanishes': 'not listed',
    'settings change': 'failed (import-failed)',
    'helper is lost': 'failed (import-failed)',
    'serve a component': 'ready; start; requests done',
    'restart a component': 'ready; start; requests done',
    'stop a component': 'failed (import-failed); requests done',
  },
  'stopping for good': {
    serve: 'ready; start; requests done',
    restart: 'ready; start; requests done',
    stop: 'stopped',
    cancel: 'stopped',
    'folder leaves': 'not listed',
    'bento vanishes': 'not listed',
    'settings change': 'stopped',
    'helper is lost': 'stopped',
    'serve a component': 'ready; start; requests done',
    'restart a component': 'ready; start; requests done',
    'stop a component': 'stopped; stop http; requests done',
  },
  'checking before a restart': {
    serve: 'ready; stop, start; requests done, done',
    restart: 'ready; stop, start; requests done, done',
    stop: 'stopped; stop; requests cancelled',
    cancel: 'ready; requests cancelled',
    'folder leaves': 'not listed; stop; requests cancelled',
    'bento vanishes': 'ready, gone; stop, start; requests done',
    'settings change': 'ready, settings; stop, start; requests done',
    'helper is lost': 'ready; stop, start; requests done',
    'serve a component': 'ready; stop, start; requests done, done',
    'restart a component': 'ready; stop, start; requests done, done',
    'stop a component': 'stopped; stop http, stop; requests cancelled, done',
  },
  'stopping for a restart': {
    serve: 'ready; start; requests done, done',
    restart: 'ready; start; requests done, done',
    stop: 'stopped; requests cancelled',
    cancel: 'stopped; requests cancelled',
    'folder leaves': 'not listed; requests cancelled',
    'bento vanishes': 'ready, gone; start; requests done',
    'settings change': 'ready, settings; start; requests done',
    'helper is lost': 'ready; start; requests done',
    'serve a component': 'ready; start; requests done, done',
    'restart a component': 'ready; start; requests done, done',
    'stop a component': 'stopped; stop http; requests cancelled, done',
  },
  'starting after a restart': {
    serve: 'ready; requests done, done',
    restart: 'ready; requests done, done',
    stop: 'stopped; stop; requests cancelled',
    cancel: 'stopped; stop; requests cancelled',
    'folder leaves': 'not listed; stop; requests cancelled',
    'bento vanishes': 'ready, gone; requests done',
    'settings change': 'ready, settings; requests done',
    'helper is lost': 'failed (crashed); stop; requests crashed',
    'serve a component': 'ready; requests done, done',
    'restart a component': 'ready; restart http; requests done, done',
    'stop a component': 'stopped; stop http, stop; requests cancelled, done',
  },
};

describe.each(Object.keys(states) as State[])('a bento that is %s', (state) => {
  it.each(Object.keys(events) as EventName[])('reacts to: %s', async (event) => {
    const world = new ServeWorld();
    await states[state](world);
    const before = world.serving.calls.length;
    world.outcomes.length = 0;
    events[event](world);
    await world.finish();
    expect(world.summary(world.serving.calls.slice(before))).toBe(expected[state][event]);
    expect(world.living.length).toBe(['ready', 'degraded'].includes(world.state) ? 1 : 0);
    expect(world.serving.clock.waiting).toBe(0);
  });
});

/** More turns of the event loop than a start has awaits before it waits for what it serves. */
const turns = Array.from({ length: 60 }, (_, turn) => turn);

/** Starts something, lets some turns pass, and does something else at that moment. */
async function interrupt(
  first: (world: ServeWorld) => void,
  turn: number,
  second: (world: ServeWorld) => void,
  from: State,
): Promise<ServeWorld> {
  const world = new ServeWorld();
  await states[from](world);
  world.serving.calls.length = 0;
  world.outcomes.length = 0;
  first(world);
  for (let count = 0; count < turn; count++) await Promise.resolve();
  second(world);
  await world.finish();
  return world;
}

describe('at every await', () => {
  it('of a serve, a cancellation leaves nothing', async () => {
    for (const turn of turns) {
      const world = await interrupt(events.serve, turn, events.cancel, 'stopped');
      expect(world.outcomes, `turn ${turn}`).toEqual(['cancelled']);
      expect(world.state).toBe('stopped');
      expect(world.living).toEqual([]);
    }
  });

  it('of a restart, a cancellation leaves all as it was, or nothing', async () => {
    const ends = new Set<string>();
    for (const turn of turns) {
      const world = await interrupt(events.restart, turn, events.cancel, 'ready');
      ends.add(world.summary(world.serving.calls));
      expect(world.living.length, `turn ${turn}`).toBe(world.state === 'ready' ? 1 : 0);
    }
    expect([...ends]).toEqual([
      'ready; requests cancelled',
      'stopped; stop; requests cancelled',
      'stopped; stop, start, stop; requests cancelled',
    ]);
  });

  it.each(['stopped', 'ready'] as const)(
    'of a restart of what is %s, a stop stops',
    async (from) => {
      for (const turn of turns) {
        const world = await interrupt(events.restart, turn, events.stop, from);
        expect(world.outcomes, `turn ${turn}`).toEqual(['cancelled']);
        expect(world.state).toBe('stopped');
        expect(world.living).toEqual([]);
      }
    },
  );

  it.each(['serve', 'restart'] as const)('of a stop, a %s serves again', async (again) => {
    for (const turn of turns) {
      const world = await interrupt(events.stop, turn, events[again], 'ready');
      expect(world.outcomes, `turn ${turn}`).toEqual(['done']);
      expect(world.state).toBe('ready');
      expect(world.living).toHaveLength(1);
    }
  });

  it('of a restart, the folder can leave the window', async () => {
    for (const turn of turns) {
      const world = await interrupt(events.restart, turn, events['folder leaves'], 'ready');
      expect(world.state, `turn ${turn}`).toBe('not listed');
      expect(world.living).toEqual([]);
    }
  });
});

describe('the debugger of a bento', () => {
  const { id } = discovered();
  const debug = { debugpy: '/debugpy', subProcess: true };
  const chosen = (world: ServeWorld): unknown => world.newest.request.debug?.();

  /** Serves under the debugger, which debugs until it is detached. */
  async function debugged(): Promise<ServeWorld> {
    const world = new ServeWorld();
    void world.serving.registry.serve(id, { once: { debug } });
    await settle();
    await ready(world);
    return world;
  }

  async function ready(world: ServeWorld): Promise<void> {
    let isOn = true;
    world.newest.debugger = {
      get options() {
        return isOn ? debug : undefined;
      },
      isDebugging: () => isOn,
      detach: () => {
        isOn = false;
        return Promise.resolve();
      },
    } as unknown as BentoDebugger;
    world.newest.ready();
    await settle();
  }

  it('is kept for a serve that was asked for while the bento still stops', async () => {
    const world = await debugged();
    world.newest.holdsStop = true;
    world.stop();
    await settle();
    void world.serving.registry.serve(id, { once: { debug } });
    await settle();
    world.newest.end();
    await settle();
    expect(world.serving.served).toHaveLength(2);
    expect(chosen(world)).toEqual(debug);
  });

  it('is the same after two restarts', async () => {
    const world = await debugged();
    for (const _ of [1, 2]) {
      world.restart();
      await settle();
      expect(chosen(world)).toEqual({ ...debug, workers: 'one' });
      await ready(world);
      await world.serving.clock.pass(1000);
    }
    expect(world.serving.served).toHaveLength(3);
  });

  it('that is disconnected during a restart stays so', async () => {
    const world = await debugged();
    const [first] = world.serving.served;
    world.newest.holdsStop = true;
    world.restart();
    await settle();
    await world.serving.registry.detachDebugger(id);
    first?.end();
    await settle();
    expect(chosen(world)).toBeUndefined();
  });

  it('is not kept after a start that failed', async () => {
    const world = new ServeWorld();
    world.serving.registry.serve(id, { once: { debug } }).catch(() => undefined);
    await settle();
    world.newest.fail(new ServeError(broken));
    await settle();
    world.restart();
    await settle();
    expect(chosen(world)).toBeUndefined();
  });

  it('is not kept when everything has ended by itself', async () => {
    const world = await debugged();
    world.lose();
    await settle();
    world.restart();
    await settle();
    expect(chosen(world)).toBeUndefined();
  });
});
