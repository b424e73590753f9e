import { expect, it } from 'vitest';
import { parsePod } from '../../../../../src/core/target/kubernetes/client/pod';
import { condition, container, podJson, terminated } from '../../../../support/pod-json';

it('reads the parts of a pod that matter', () => {
  const json = podJson({
    metadata: { deletionTimestamp: '2026-11-28T12:10:00Z' },
    status: {
      ...{ phase: 'Running', reason: 'NodeLost', message: 'gone' },
      conditions: [condition('Ready', 'False', { reason: 'ContainersNotReady', message: 'no' })],
      initContainerStatuses: [container({ name: 'init', state: terminated(0, 'Completed') })],
      containerStatuses: [
        container({
          ...{ restartCount: 2, ready: false, started: null, lastState: terminated(137, 'OOM') },
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        }),
      ],
    },
  });
  expect(parsePod(json)).toMatchObject({
    ...{ uid: 'pod-1', name: 'search-http-7d4-x2x', owner: 'me', component: 'http' },
    ...{ createdAt: '2026-11-28T12:00:00Z', deletedAt: '2026-11-28T12:10:00Z', node: 'node-1' },
    ...{ phase: 'Running', reason: 'NodeLost', message: 'gone' },
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'no' }],
    initContainers: [{ name: 'init', ended: { exitCode: 0, reason: 'Completed' } }],
    containers: [
      {
        ...{ name: 'bento', ready: false, started: undefined, restartCount: 2 },
        ...{ waiting: { reason: 'CrashLoopBackOff', message: 'back-off' }, running: undefined },
        ...{ ended: undefined, endedBefore: { exitCode: 137, reason: 'OOM' } },
      },
    ],
  });
});

it.each([null, 'pod', 3, [], {}, { metadata: null }, { metadata: { uid: 1, name: 'a' } }])(
  'does not take %j for a pod',
  (json) => {
    expect(parsePod(json)).toBeUndefined();
  },
);

it('ignores values of a wrong type, and reads the rest', () => {
  const damaged = [null, 7, 'text', [], true, { name: 3 }, { type: 'Ready' }];
  const metadata = { uid: 'a', name: 'b' };
  const bare = {
    ...{ uid: 'a', name: 'b', owner: '', component: '', createdAt: '' },
    ...{ conditions: [], initContainers: [], containers: [] },
  };
  expect(parsePod({ metadata })).toMatchObject({ ...bare, phase: 'Pending' });
  for (const wrong of damaged) {
    expect(parsePod({ metadata: { ...metadata, labels: wrong }, spec: wrong })).toMatchObject(bare);
    const status = {
      ...{ phase: wrong, conditions: wrong, containerStatuses: wrong },
      initContainerStatuses: wrong,
    };
    expect(parsePod({ metadata, status })).toMatchObject({ ...bare, phase: 'Unknown' });
    const containerStatuses = [
      ...[wrong, { name: 'bento', image: wrong, restartCount: wrong, state: wrong }],
      { name: 'other', state: { waiting: wrong, terminated: wrong }, lastState: wrong },
    ];
    const conditions = [wrong, condition('Ready', 'True')];
    const read = parsePod({
      metadata,
      status: { phase: 'Running', conditions, containerStatuses },
    });
    expect(read?.conditions.map(({ type }) => type)).toEqual(['Ready']);
    expect(read?.containers.map(({ name }) => name)).toEqual(['bento', 'other']);
    expect(read?.containers[0]).toMatchObject({ ready: false, ended: undefined });
  }
});
