import { describe, expect, it } from 'vitest';
import type { Bento, Component, Problem } from '../../../src/core/model';
import type { Notice } from '../../../src/vscode/problems/notice';
import { NoticeRules } from '../../../src/vscode/problems/notice-rules';
import { bento, component } from '../../support/bentos';
import { english } from '../../support/english';
import { ManualClock } from '../../support/manual-clock';

const crash = (message = 'Embedder exited with code 1: ValueError: x.'): Problem => ({
  code: 'crashed',
  message,
  component: 'service:Embedder',
});
const hang: Problem = { code: 'unresponsive', message: 'Embedder does not respond: no answer.' };
const blocked: Problem = { code: 'not-ready', message: 'Search waits for Embedder.' };

/** Plays the life of a bento of which one component has the states that are told. */
function play() {
  const clock = new ManualClock();
  const rules = new NoticeRules(clock, english);
  const notices: Notice[] = [];
  let now: Bento = bento({ components: [component()] });
  const show = (values: Partial<Bento>): void => {
    now = { ...now, ...values };
    notices.push(...rules.next(now));
  };
  const embedder = (values: Partial<Component>): void =>
    show({
      components: [
        component({ state: 'ready' }),
        component({ id: 'service:Embedder', kind: 'service', name: 'Embedder', ...values }),
      ],
    });
  const served = (): void => {
    now = { ...now, state: 'starting' };
    embedder({ state: 'starting' });
    now = { ...now, state: 'ready' };
    embedder({ state: 'ready' });
  };
  /** Crashes and comes back. */
  const flap = (): void => {
    embedder({ state: 'backingOff', problem: crash() });
    embedder({ state: 'starting' });
    embedder({ state: 'ready' });
  };
  const giveUp = (problem = crash()): void => {
    embedder({ state: 'stopping' });
    embedder({ state: 'failed', problem });
  };
  const messages = (): readonly string[] => notices.map(({ message }) => message);
  return { clock, rules, notices, messages, show, embedder, served, flap, giveUp };
}

describe('a notification', () => {
  it('tells the first crash of what was ready, with the way to its terminal', () => {
    const { served, embedder, notices } = play();
    served();
    expect(notices).toEqual([]);
    const problem = crash();
    embedder({ state: 'backingOff', problem });
    expect(notices).toEqual([
      {
        severity: 'warning',
        message: 'Search: Embedder exited with code 1: ValueError: x. It is being restarted.',
        problem,
        bento: 'service.py:Search',
        actions: ['showTerminal'],
      },
    ]);
  });

  it('is made twice for what keeps crashing: at the first crash, and when it is given up', async () => {
    const { clock, served, flap, giveUp, notices } = play();
    served();
    for (let crashes = 0; crashes < 5; crashes++) {
      flap();
      await clock.pass(5000);
    }
    giveUp();
    expect(notices.map(({ severity }) => severity)).toEqual(['warning', 'error']);
    expect(notices[1]?.message).toMatch(/ValueError: x\. It will not be restarted again\.$/);
    expect(notices[1]?.actions).toEqual(['install', 'openFile', 'showTerminal', 'serveAgain']);
  });

  it('is made again when it was ready for a minute in between, and not before', () => {
    const { clock, served, flap, notices } = play();
    served();
    flap();
    clock.jump(59_999);
    flap();
    expect(notices).toHaveLength(1);
    clock.jump(60_000);
    flap();
    expect(notices).toHaveLength(2);
  });

  it('is made again after a person has started it anew', () => {
    const { served, flap, giveUp, notices } = play();
    served();
    flap();
    giveUp();
    served();
    flap();
    expect(notices).toHaveLength(3);
  });

  it('is not made for a start that fails: who asked for it is told', () => {
    const { show, embedder, served, giveUp, notices } = play();
    show({ state: 'starting' });
    embedder({ state: 'starting' });
    giveUp();
    show({ state: 'stopping' });
    show({ state: 'failed', problem: crash() });
    served();
    embedder({ state: 'stopping' });
    embedder({ state: 'starting' });
    giveUp();
    expect(notices).toEqual([]);
  });

  it('tells why what runs elsewhere is not ready, which nobody here can restart', () => {
    const { served, embedder, notices } = play();
    served();
    const message = 'Embedder is not ready: /readyz answered 503.';
    embedder({ state: 'unhealthy', remote: true, problem: { code: 'not-ready', message } });
    expect(notices).toMatchObject([
      { severity: 'warning', message: `Search: ${message}`, actions: ['showTerminal'] },
    ]);
  });

  it('tells a hang once, until it was ready for a minute', () => {
    const { clock, served, embedder, notices } = play();
    served();
    for (let hangs = 0; hangs < 3; hangs++) {
      embedder({ state: 'unhealthy', problem: hang });
      embedder({ state: 'unhealthy', problem: hang });
      embedder({ state: 'ready' });
    }
    expect(notices).toMatchObject([
      { severity: 'warning', actions: ['restart', 'showTerminal'], problem: hang },
    ]);
    clock.jump(60_000);
    embedder({ state: 'unhealthy', problem: hang });
    expect(notices).toHaveLength(2);
  });

  it('is not made for a hang that the settings have restarted, until it is given up', () => {
    const { served, embedder, giveUp, notices } = play();
    served();
    embedder({ state: 'stopping' });
    embedder({ state: 'starting', restarts: 1 });
    embedder({ state: 'ready', restarts: 1 });
    expect(notices).toEqual([]);
    embedder({ state: 'stopping', restarts: 1 });
    embedder({ state: 'starting', restarts: 2 });
    giveUp(hang);
    expect(notices.map(({ severity }) => severity)).toEqual(['error']);
  });

  it('is not made for what only waits for another component', () => {
    const { served, show, notices } = play();
    served();
    show({
      state: 'degraded',
      components: [component({ state: 'unhealthy', problem: blocked })],
    });
    expect(notices).toEqual([]);
  });

  it('is not made while it is being stopped', () => {
    const { served, show, embedder, notices } = play();
    served();
    show({ state: 'stopping' });
    embedder({ state: 'unhealthy', problem: hang });
    embedder({ state: 'stopping' });
    embedder({ state: 'stopped' });
    show({ state: 'stopped' });
    expect(notices).toEqual([]);
  });

  it('tells that all of it ended with its helper, once', () => {
    const { served, show, embedder, notices } = play();
    served();
    show({ state: 'stopping' });
    embedder({ state: 'stopped' });
    const problem: Problem = { code: 'crashed', message: 'The process that supervises it ended.' };
    show({ state: 'failed', problem });
    show({ state: 'failed', problem });
    expect(notices).toEqual([
      {
        severity: 'error',
        message: 'Search: The process that supervises it ended.',
        problem,
        bento: 'service.py:Search',
        actions: ['serveAgain', 'showLog'],
      },
    ]);
  });

  it('forgets bentos that are gone', () => {
    const { rules, served, flap, embedder, messages } = play();
    served();
    flap();
    rules.keep(new Set());
    // Found again, it is not known to have been served.
    embedder({ state: 'backingOff', problem: crash() });
    expect(messages()).toHaveLength(1);
  });
});
