import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../../src/core/messages/message';
import {
  componentState,
  containerState,
} from '../../../../../src/core/target/compose/client/container-state';
import type { Container } from '../../../../../src/core/target/compose/client/container';
import {
  readListed,
  withDetails,
} from '../../../../../src/core/target/compose/client/read-containers';
import { isChange } from '../../../../../src/core/target/compose/client/read-event';

/** Five services in different states, as Docker Compose 5.6 and Docker 20.10 reported them. */
const folder = path.resolve(import.meta.dirname, '../../../../fixtures/compose');
const recorded = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

const listed = readListed(recorded('ps.jsonl'));
const detailed = withDetails(listed, recorded('inspect.json'));
const service = (name: string): Container => {
  const found = detailed.find((container) => container.service === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const words = (name: string): string => {
  const { state, reason } = containerState(service(name));
  return reason === undefined ? state : `${state}: ${textOf(reason)}`;
};

describe('the containers of a project', () => {
  it('are those that Compose lists', () => {
    expect(listed.map((one) => [one.service, one.status, one.health?.status])).toEqual([
      ['crash', 'restarting', undefined],
      ['done', 'exited', undefined],
      ['ok', 'running', 'healthy'],
      ['oom', 'exited', undefined],
      ['sick', 'running', 'unhealthy'],
    ]);
  });

  it('have their labels from either program', () => {
    const labels = { 'serve-bento.dev/bento': 'rec', 'serve-bento.dev/component': 'http' };
    for (const containers of [listed, detailed]) {
      expect(containers.find((one) => one.service === 'ok')?.labels).toMatchObject(labels);
    }
  });

  it('are the same as one list', () => {
    const list = recorded('ps.jsonl').trim().split('\n').join(',');
    expect(readListed(`[${list}]`)).toEqual(listed);
  });

  it('have the details of the engine', () => {
    expect(service('crash')).toMatchObject({ exitCode: 3, restarts: 10, number: 1 });
    expect(service('oom')).toMatchObject({ exitCode: 137, isOutOfMemory: true });
    expect(service('ok').startedAt).toBe(Date.parse('2026-11-28T14:28:09.924Z'));
    expect(service('ok').id).toHaveLength(64);
    expect(service('ok').exitCode).toBeUndefined();
  });

  it('stay as they were listed where the engine says nothing', () => {
    expect(withDetails(listed, '')).toEqual(listed);
    expect(withDetails(listed, 'Error: No such object: 1296ca56288d')).toEqual(listed);
    expect(withDetails(listed, '[{"Id":5}]')).toEqual(listed);
  });

  it('are found between warnings', () => {
    expect(readListed(`time="…" level=warning\n${recorded('ps.jsonl')}\nnull\n7`)).toEqual(listed);
  });

  it('are read from any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readListed(text)).toEqual([]);
        expect(withDetails(listed, text)).toEqual(listed);
      }),
    );
  });
});

describe('the state of a container', () => {
  it('has its reason in words', () => {
    expect(words('ok')).toBe('ready');
    expect(words('crash')).toBe('backingOff: exited with code 3');
    expect(words('oom')).toBe('failed: killed: out of memory');
    expect(words('done')).toBe('stopped');
    expect(words('sick')).toBe(
      'unhealthy: its health check fails: urllib.error.URLError: <urlopen error [Errno 111] Connection refused>',
    );
  });

  const base = service('ok');
  const { health: _, ...unchecked } = base;
  const states: readonly [string, Container, string][] = [
    ['created', { ...base, status: 'created' }, 'starting'],
    ['created, and its start failed', { ...base, status: 'created', error: 'no' }, 'failed'],
    ['paused', { ...base, status: 'paused' }, 'unhealthy'],
    ['removing', { ...base, status: 'removing' }, 'stopping'],
    ['dead', { ...base, status: 'dead' }, 'failed'],
    ['stopped by somebody', { ...base, status: 'exited', exitCode: 143 }, 'stopped'],
    ['killed', { ...base, status: 'exited', exitCode: 137 }, 'failed'],
    ['without a health check', unchecked, 'starting'],
    ['before its first check', { ...base, health: { status: 'starting' } }, 'starting'],
  ];
  it.each(states)('%s', (_, container, state) => {
    expect(containerState(container).state).toBe(state);
  });

  it('makes that of its component: the worst one, and stopped without any', () => {
    expect(componentState([]).state).toBe('stopped');
    expect(componentState([base, base]).state).toBe('ready');
    expect(componentState([base, { ...base, status: 'created' }]).state).toBe('starting');
    expect(componentState([base, service('crash'), service('sick')]).state).toBe('backingOff');
    expect(componentState([service('oom'), service('crash')]).state).toBe('failed');
  });
});

describe('an event', () => {
  it('is a change of a container, and not a health check', () => {
    const changes = recorded('events.jsonl').trim().split('\n').filter(isChange);
    const actions = changes.map((line) => (JSON.parse(line) as { action: string }).action);
    expect([...new Set(actions)].sort()).toEqual(
      [
        'create',
        'start',
        'die',
        'oom',
        'health_status: healthy',
        'health_status: unhealthy',
      ].sort(),
    );
  });

  it('is read from any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => !isChange(line)));
  });
});
