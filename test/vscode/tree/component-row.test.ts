import { describe, expect, it } from 'vitest';
import type { ComponentDetails } from '../../../src/core/bento-manager';
import { say } from '../../../src/core/messages/message';
import type { ComponentState } from '../../../src/core/model';
import { componentRow } from '../../../src/vscode/tree/component-row';
import { componentTooltip } from '../../../src/vscode/tree/component-tooltip';
import { component, details } from '../../support/bentos';
import { english } from '../../support/english';

const address = { host: '127.0.0.1', port: 3000, url: 'http://127.0.0.1:3000' };
const node = { kind: 'component', bento: 'service.py:Search', component: 'http' } as const;
const crash = {
  code: 'crashed',
  message: 'http exited with code 1: ValueError: no model (service.py:3). See its terminal.',
  summary: 'ValueError: no model (service.py:3)',
} as const;

describe('the row of a component', () => {
  it.each([
    [component(), 'stopped', 'component:canServe'],
    [component({ state: 'starting', ...address }), ':3000 · starting', 'component:canStop'],
    [
      component({ state: 'ready', ...address, latencyMs: 4 }),
      ':3000 · 4 ms · ready',
      'component:canStop:canRestart:hasUrl',
    ],
    [
      component({
        id: 'runner:upper',
        kind: 'runner',
        name: 'upper',
        state: 'ready',
        latencyMs: 1,
      }),
      'private socket · ready · runner',
      'component:canStop:canRestart',
    ],
    [
      component({
        id: 'service:Embedder',
        kind: 'service',
        name: 'Embedder',
        state: 'ready',
        remote: true,
        ...address,
        host: '10.0.0.5',
        latencyMs: 9,
      }),
      '10.0.0.5:3000 · 9 ms · ready · remote · service',
      'component:hasUrl',
    ],
    [
      component({
        id: 'service:https://shop.example.com',
        kind: 'service',
        name: 'https://shop.example.com',
        state: 'ready',
        remote: true,
        ...{ host: 'shop.example.com', port: 443, url: 'https://shop.example.com', latencyMs: 31 },
      }),
      '31 ms · ready',
      'component:hasUrl',
    ],
    [
      component({
        ...{ id: 'service:grpc://10.0.0.5:1', kind: 'service', name: 'grpc://10.0.0.5:1' },
        ...{ state: 'stopped', remote: true },
      }),
      'not watched',
      'component',
    ],
    [
      component({
        ...{ id: 'service:http://10.0.0.5', kind: 'service', name: 'http://10.0.0.5' },
        ...{ state: 'unhealthy', remote: true },
        problem: {
          code: 'not-ready',
          message: 'http://10.0.0.5 is not ready: connection refused.',
          summary: 'connection refused',
        },
      }),
      'connection refused · unhealthy',
      'component',
    ],
    [
      component({
        state: 'unhealthy',
        ...address,
        problem: { code: 'not-ready', message: 'http waits for upper, which is failed.' },
      }),
      ':3000 · http waits for upper, which is failed · unhealthy',
      'component:canStop:canRestart:hasUrl',
    ],
    [
      component({ state: 'backingOff', problem: crash }),
      'ValueError: no model (service.py:3) · restarting soon',
      'component:canStop:canRestart',
    ],
    [component({ state: 'stopping', ...address }), 'stopping', 'component:canStop'],
    [
      component({ state: 'failed', problem: crash }),
      'ValueError: no model (service.py:3) · failed',
      'component:canServe',
    ],
    [
      component({
        id: 'grpc',
        kind: 'grpc',
        problem: { code: 'grpc-unavailable', message: 'Class services have no gRPC.' },
      }),
      'Class services have no gRPC · not available',
      'component',
    ],
    [
      component({ state: 'ready', host: '::1', port: 3001 }),
      '[::1]:3001 · ready',
      'component:canStop:canRestart',
    ],
  ])('%#: says %s', (given, description, contextValue) => {
    const row = componentRow(given, undefined, english, 0);
    expect(row).toMatchObject({ description, contextValue, collapsible: 'none' });
  });

  it.each([
    ['attached', ':3000 · ready · debugging', 'http, ready, debugging, http://127.0.0.1:3000'],
    ['paused', 'paused in debugger · :3000', 'http, paused in debugger, http://127.0.0.1:3000'],
  ] as const)('says when a debugger is %s', (debugging, description, accessibilityLabel) => {
    const served = component({ state: 'ready', ...address });
    const row = componentRow(served, details({ debugging }), english, 0);
    expect(row).toMatchObject({ description, accessibilityLabel });
    const isPaused = debugging === 'paused';
    expect(row.tooltip[0]).toBe(
      `**http** · ${isPaused ? 'paused in debugger' : 'ready · debugging'}`,
    );
    expect(row.icon.id).toBe(isPaused ? 'debug-pause' : 'pass-filled');
  });

  it('can be attached to while processes of it run here', () => {
    const contextOf = (values: object): string =>
      componentRow(component({ pids: [7], ...values }), undefined, english, 0).contextValue;
    expect(contextOf({ state: 'ready' })).toContain('canAttach');
    expect(contextOf({ state: 'ready', pids: [] })).not.toContain('canAttach');
    expect(contextOf({ state: 'ready', remote: true })).not.toContain('canAttach');
    expect(contextOf({ state: 'stopped' })).not.toContain('canAttach');
  });

  it('cannot be attached to when it cannot be debugged', () => {
    const own = component({ state: 'ready', pids: [7] });
    const contextOf = (values: Partial<ComponentDetails>): string =>
      componentRow(own, details(values), english, 0).contextValue;
    expect(contextOf({})).toContain('canAttach');
    const notDebuggable = say('notDebuggableCli', { name: 'http' });
    expect(contextOf({ notDebuggable })).not.toContain('canAttach');
  });

  it('has the actions of an engine where its containers or pods are', () => {
    const workers = [{ name: 'a', state: 'ready', restarts: 0 }] as const;
    const contextOf = (values: object, more: Partial<ComponentDetails> = {}): string =>
      componentRow(component({ state: 'ready', ...values }), details(more), english, 0)
        .contextValue;
    expect(contextOf({})).not.toMatch(/canScale|canDescribe/);
    expect(contextOf({ workers })).toMatch(/canScale:canDescribe/);
    expect(contextOf({ workers: [], state: 'stopped' })).toMatch(/canScale:canDescribe/);
    expect(contextOf({ workers, state: 'stopping' })).not.toContain('canScale');
    expect(contextOf({ workers }, { isSingle: true })).not.toContain('canScale');
  });

  it('tells how long a start takes that takes long', () => {
    const starting = component({ state: 'starting', ...address, startedAt: 1000 });
    const words = (now: number): string =>
      componentRow(starting, undefined, english, now).description;
    expect(words(30_000)).toBe(':3000 · starting');
    expect(words(41_000)).toBe(':3000 · starting · 40 s');
  });

  it('counts down while a stop takes long', () => {
    const stop = { since: 0, forceAt: 10_000 };
    const words = (now: number): string =>
      componentRow(component({ state: 'stopping' }), details({ stop }), english, now).description;
    expect(words(1000)).toBe('stopping');
    expect(words(3000)).toBe('stopping · killed in 7 s');
    expect(words(10_500)).toBe('stopping · being killed');
  });

  it('has a shape of its own in every state', () => {
    const states: ComponentState[] = [
      'stopped',
      'starting',
      'ready',
      'unhealthy',
      'backingOff',
      'stopping',
      'failed',
    ];
    const icons = states.map(
      (state) => componentRow(component({ state }), undefined, english, 0).icon.id,
    );
    expect(new Set(icons).size).toBe(states.length);
  });

  it('is called by what it speaks, or by its name', () => {
    const label = (values: Parameters<typeof component>[0]): string =>
      componentRow(component(values), undefined, english, 0).label;
    expect(label({})).toBe('http');
    expect(label({ kind: 'grpc' })).toBe('grpc');
    expect(label({ kind: 'service', name: 'Embedder' })).toBe('Embedder');
  });

  it('says what it waits for, and which workers are missing', () => {
    const starting = component({ state: 'starting', ...address });
    expect(
      componentRow(starting, details({ waitingFor: 'connection refused' }), english, 0).description,
    ).toBe(':3000 · starting · connection refused');
    const ready = component({ state: 'ready', ...address, pids: [7] });
    expect(
      componentRow(ready, details({ workersWanted: 2, workersAlive: 1 }), english, 0).description,
    ).toBe(':3000 · ready · 1 of 2 workers');
  });

  it('says which devices its workers have', () => {
    const ready = component({ state: 'ready', ...address });
    const resources = [{ gpus: ['0'] }, { gpus: ['2'] }];
    expect(componentRow(ready, details({ resources }), english, 0).description).toBe(
      ':3000 · ready · GPU 0, 2',
    );
  });

  it('opens the line of its failure', () => {
    const location = { file: '/work/service.py', line: 3 };
    const failed = component({ state: 'failed', problem: { ...crash, location } });
    expect(componentRow(failed, undefined, english, 0).opens).toEqual(location);
    expect(componentRow(component(), undefined, english, 0)).not.toHaveProperty('opens');
  });

  it('has its port among its first characters, also with TLS', () => {
    const secure = { ...address, url: 'https://127.0.0.1:3000' };
    const row = componentRow(
      component({ state: 'ready', ...secure, latencyMs: 5.4 }),
      undefined,
      english,
      0,
    );
    expect(row.description).toBe(':3000 · 5 ms · ready · https');
    expect(row.accessibilityLabel).toBe('http, ready, https://127.0.0.1:3000, 5 ms, https');
  });

  it('tells screen readers the whole of what is wrong', () => {
    const message = `Search is not ready: ${'x'.repeat(200)}. Wait for it.`;
    const problem = { code: 'not-ready', message, summary: 'x'.repeat(200) } as const;
    const row = componentRow(
      component({ state: 'unhealthy', ...address, problem }),
      undefined,
      english,
      0,
    );
    expect(row.description).toMatch(/^:3000 · x{99}… · unhealthy$/);
    expect(row.accessibilityLabel).toBe(`http, unhealthy, http://127.0.0.1:3000, ${message}`);
  });

  it('shows its terminal at a click, once there is one', () => {
    const ready = component({ state: 'ready', ...address });
    expect(componentRow(ready, details(), english, 0).showsTerminal).toBe(true);
    expect(componentRow(ready, undefined, english, 0)).not.toHaveProperty('showsTerminal');
  });

  it('is told to screen readers in words', () => {
    const runner = component({ kind: 'runner', name: 'upper', state: 'ready' });
    expect(componentRow(runner, undefined, english, 0).accessibilityLabel).toBe(
      'upper, runner, ready, private socket',
    );
  });
});

describe('requests that a component answered with an error', () => {
  const served = component({ state: 'ready', ...address, latencyMs: 4 });

  it.each([
    [{ recentErrors: 0 }, ':3000 · 4 ms · ready'],
    [{ insteadOf: 3000 }, ':3000 · 4 ms · ready · instead of port 3000'],
    [{ recentErrors: 1 }, ':3000 · 4 ms · ready · 1 error in the last minute'],
    [
      { recentErrors: 3, workersAlive: 1, workersWanted: 2 },
      ':3000 · 4 ms · ready · 3 errors in the last minute · 1 of 2 workers',
    ],
  ])('are told beside its state: %j', (values, description) => {
    const row = componentRow(served, details(values), english, 0);
    expect(row.description).toBe(description);
    expect(row.icon).toEqual(componentRow(served, details(), english, 0).icon);
  });

  it('are told to screen readers', () => {
    const row = componentRow(served, details({ recentErrors: 3 }), english, 0);
    expect(row.accessibilityLabel).toContain('ready, ');
    expect(row.accessibilityLabel).toContain('3 errors in the last minute');
  });

  it('are told of one that is unhealthy, and not of one that has ended', () => {
    const described = (state: ComponentState): string =>
      componentRow(component({ state }), details({ recentErrors: 2 }), english, 0).description;
    expect(described('unhealthy')).toContain('2 errors in the last minute');
    expect(described('failed')).not.toContain('error');
    expect(described('stopped')).not.toContain('error');
  });

  it('link to the log of the component, whatever the names are', () => {
    const odd = { kind: 'component', bento: 'a b.py:)>](x)', component: 'runner:<é>' } as const;
    const shown = componentTooltip(served, details({ recentErrors: 3 }), english, {
      now: 0,
      node: odd,
    });
    const [link = ''] = shown.filter((line) => line.includes('command:'));
    expect(link).toMatch(/^3 errors in the last minute · \[Open Log\]\(<command:/);
    const [, query = ''] = /^[^<]*<command:serveBento\.openLog\?([^<>\s]*)>\)$/.exec(link) ?? [];
    expect(JSON.parse(decodeURIComponent(query))).toEqual([odd]);
  });
});

describe('its tooltip', () => {
  const served = component({
    state: 'ready',
    ...address,
    pids: [7, 8],
    restarts: 1,
    startedAt: 1_000,
    readyAt: 3_500,
  });

  it('has pids, uptime, restarts and the command', () => {
    const all = details({ workersWanted: 2, workersAlive: 2, command: 'python -m bentoml `x`' });
    expect(componentTooltip(served, all, english, { now: 126_000, node })).toEqual([
      '**http** · ready',
      '`http://127.0.0.1:3000`',
      String.raw`Processes 7, 8 · 2 of 2 workers`,
      String.raw`Up for 2 min · ready after 2\.5 s`,
      String.raw`Restarts\: 1`,
      '`` python -m bentoml `x` ``',
    ]);
  });

  it.each([
    [[{ gpus: [], threads: 2 }], ['Each worker: 2 CPU threads, no GPU']],
    [
      [{ gpus: ['0'] }, { gpus: ['1', '2'] }],
      ['Worker 1: GPU 0', 'Worker 2: GPU 1, 2'],
    ],
    [[{ threads: 1 }, {}, { threads: 1 }], ['Worker 1, 3: one CPU thread']],
    [[{}, {}], []],
  ])('tells what BentoML assigns: %j', (resources, lines) => {
    const shown = componentTooltip(served, details({ resources }), english).map((line) =>
      line.replaceAll('\\', ''),
    );
    expect(shown.filter((line) => /worker/i.test(line) && !/Process/.test(line))).toEqual(lines);
  });

  it('changes without the time only when something happens', () => {
    expect(componentTooltip(served, undefined, english).join()).not.toContain('Up for');
  });

  it('shows text of others and renders none of it', () => {
    const problem = { code: 'crashed', message: '[x](command:y) <img> **b**\n# h' } as const;
    const text = componentTooltip(component({ state: 'failed', problem }), undefined, english)[1];
    expect(text).toBe(String.raw`\[x\]\(command\:y\) \<img\> \*\*b\*\* \# h`);
  });

  it('links to the line of a failure, whatever the file is called', () => {
    const location = { file: '/work/a b/)(command:x)<>.py', line: 3 };
    const failed = component({ state: 'failed', problem: { ...crash, location } });
    expect(componentTooltip(failed, undefined, english)[2]).toBe(
      String.raw`[\)\(command\:x\)\<\>\.py\:3](<file:///work/a%20b/)(command:x)%3C%3E.py#L3>)`,
    );
  });
});
