import { expect, it } from 'vitest';
import type { LogFolder } from '../../src/core/logs/log-folder';
import { defaultSettings } from '../../src/core/settings/default-settings';
import { exportedApi } from '../../src/vscode/exported-api';
import { discovered } from '../support/bentos';
import { applied } from '../support/fake-applied';
import { FakeEngine, fakeLog } from '../support/fake-engine';
import { fakeServing } from '../support/fake-serving';
import { settle } from '../support/settle';
import { sourcesOf } from '../support/sources-of';

const { id } = discovered();
const logs = { open: () => fakeLog() } as unknown as LogFolder;

it('serves, restarts and stops a bento on an engine as on this machine', async () => {
  const engine = new FakeEngine();
  const { registry } = fakeServing(
    sourcesOf(discovered(), { ...defaultSettings, target: 'compose' }),
    { loadLogFolder: () => Promise.resolve(logs) },
    engine.serving,
  );
  const api = exportedApi(registry, () => Promise.resolve());
  const serving = api.serve(id);
  await settle();
  engine.ready([applied(), applied({ id: 'runner:a' })]);
  expect(await serving).toMatchObject({ state: 'ready', components: [{ id: 'http' }, {}] });

  // One component: the others go on.
  engine.calls.length = 0;
  expect(await api.restart(id, 'runner:a')).toMatchObject({ state: 'ready' });
  expect(engine.newest.calls).toEqual(['restart runner:a']);
  await expect(api.restart(id, 'runner:b')).rejects.toMatchObject({ code: 'not-found' });

  const restarted = api.restart(id);
  await settle();
  engine.ready();
  expect(await restarted).toMatchObject({ state: 'ready' });
  expect(engine.calls.filter((call) => call !== 'look')).toEqual(['restart', 'stop', 'apply']);

  await api.stop(id);
  expect(api.bentos).toMatchObject([{ state: 'stopped' }]);
  expect(engine.running).toBeUndefined();
  await api.stop(id);
});
