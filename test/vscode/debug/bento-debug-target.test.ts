import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import type { DebuggedWorker } from '../../../src/core/debug/debugged-worker';
import { Emitter } from '../../../src/core/events';
import type { Bento, BentoState, Problem } from '../../../src/core/model';
import { BentoDebugTarget } from '../../../src/vscode/debug/bento-debug-target';
import { bento } from '../../support/bentos';

class FakeDebugger {
  readonly attached = new Emitter<DebuggedWorker>();
  readonly failed = new Emitter<Problem>();
  readonly onDidAttach = this.attached.event;
  readonly onDidFail = this.failed.event;
  readonly paused: unknown[] = [];
  readonly components = new Set(['http', 'service:A']);
  workers: readonly DebuggedWorker[] = [];

  isDebugging(): boolean {
    return this.components.size > 0;
  }

  detach(component: string): Promise<void> {
    this.components.delete(component);
    return Promise.resolve();
  }

  setPaused(...all: unknown[]): void {
    this.paused.push(all);
  }
}

function setUp() {
  const changed = new Emitter<string | undefined>();
  const calls: string[] = [];
  const state: { bento: Bento | undefined; debugger: FakeDebugger | undefined } = {
    bento: bento({ id: 'a.py:A', state: 'stopped' }),
    debugger: undefined,
  };
  const registry = {
    onDidChange: changed.event,
    bento: () => state.bento,
    debugger: () => state.debugger as unknown as BentoDebugger | undefined,
    detachDebugger: () => Promise.resolve(void calls.push('detach')),
    stop: () => Promise.resolve(void calls.push('stop')),
  };
  const set = (next: BentoState | 'gone', own = state.debugger): void => {
    state.bento = next === 'gone' ? undefined : bento({ id: 'a.py:A', state: next });
    state.debugger = own;
    changed.fire(next === 'gone' ? undefined : 'a.py:A');
  };
  const target = new BentoDebugTarget('a.py:A', registry, () => {
    set('ready');
    return Promise.resolve(undefined);
  });
  target.onDidAttach(({ name }) => calls.push(`attached ${name}`));
  target.onDidFail(({ message }) => calls.push(`failed ${message}`));
  target.onDidEnd(() => calls.push('ended'));
  return { target, calls, set };
}

const worker = (name: string): DebuggedWorker => ({
  ...{ component: `service:${name}`, componentName: name, process: `service:${name}#1`, name },
  ...{ pid: 1, socket: `/run/s/${name}`, ended: new Promise<void>(() => undefined) },
  connect: () => new PassThrough(),
});

const { signal } = new AbortController();

describe('what a session debugs', () => {
  it('follows the debugger of the bento, and of what a restart serves', () => {
    const { target, calls, set } = setUp();
    const first = new FakeDebugger();
    set('starting', first);
    first.attached.fire(worker('A'));
    first.failed.fire({ code: 'debugger', message: 'late' });
    const second = new FakeDebugger();
    second.workers = [worker('B')];
    set('starting', second);
    first.attached.fire(worker('C'));
    expect(calls).toEqual(['attached A', 'failed late', 'attached B']);
    expect(target.workers.map(({ name }) => name)).toEqual(['B']);
    target.setPaused('/run/s/B', 'session', true);
    expect(second.paused).toEqual([['/run/s/B', 'session', true]]);
  });

  it.each(['stopped', 'failed', 'gone'] as const)('ends when the bento is %s', async (end) => {
    const { target, calls, set } = setUp();
    set('stopped');
    expect(calls).toEqual([]);
    await target.begin(signal);
    set('stopping');
    set('starting');
    expect(calls).toEqual([]);
    set(end, undefined);
    expect(calls).toEqual(['ended']);
    expect(target.isOver).toBe(true);
    // It is served again, and debugged by another session.
    const next = new FakeDebugger();
    set('starting', next);
    next.attached.fire(worker('A'));
    expect(calls).toEqual(['ended']);
  });

  it('stops and detaches a bento that is listed, and nothing else', async () => {
    const { target, calls, set } = setUp();
    await target.detach();
    await target.stop();
    set('gone');
    await target.detach();
    await target.stop();
    expect(calls).toEqual(['detach', 'stop']);
  });

  it('ends with the last component that is released', async () => {
    const { target, calls, set } = setUp();
    set('starting', new FakeDebugger());
    await target.begin(signal);
    await target.release('service:A');
    expect(calls).toEqual([]);
    await target.release('http');
    expect(calls).toEqual(['detach', 'ended']);
  });

  it('hears nothing after its end', async () => {
    const { target, calls, set } = setUp();
    const own = new FakeDebugger();
    set('starting', own);
    await target.begin(signal);
    target.dispose();
    own.attached.fire(worker('A'));
    set('stopped');
    expect(calls).toEqual([]);
  });
});
