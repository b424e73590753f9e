import { describe, expect, it } from 'vitest';
import { ensurePythonEnvironment, pythonEnvironments } from '../../scripts/environments.mts';
import { processesWith, servingOf } from '../support/processes';
import { realFinder } from '../support/real-finder';
import { createHarness } from '../support/harness';

const legacyService = {
  sample: 'samples/shout',
  id: 'svc',
  path: '/shout',
  request: { headers: { 'content-type': 'text/plain' }, body: 'hello bento' },
  answer: { shout: 'HELLO BENTO!', words: 2 },
};

const classService = {
  sample: 'samples/search',
  id: 'Search',
  path: '/search',
  request: {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'rice and tea' }),
  },
  answer: [{ document: 'green tea goes well with rice' }],
};

const cells = await Promise.all(
  pythonEnvironments.map(async (environment) => ({
    ...environment,
    interpreter: await ensurePythonEnvironment(environment),
  })),
);

describe.each(cells)('with Python $python', ({ name, python, interpreter = '' }) => {
  it.skipIf(interpreter === '')(`${name} serves, answers and leaves nothing`, async () => {
    const legacy = name.startsWith('bentoml-1.1');
    const { sample, id, path, request, answer } = legacy ? legacyService : classService;
    const harness = createHarness({ python: interpreter, sample, reference: `service:${id}` });
    try {
      const { folder, registry } = harness;
      const settings = { pythonPath: interpreter, env: {} };
      const found = await realFinder().find({ folder, workingDir: folder, settings });
      expect(found.version).toMatch(new RegExp(`^${python.replace('.', '\\.')}\\.`));
      expect(found.bentomlVersion).toMatch(legacy ? /^1\.1\./ : /^1\.4\./);

      const bento = await registry.serve(`service.py:${id}`);
      expect(bento.components.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
      const url = bento.components.find((component) => component.id === 'http')?.url ?? '';
      const response = await fetch(`${url}${path}`, { method: 'POST', ...request });
      expect([response.status, await response.json()]).toMatchObject([200, answer]);

      await registry.stop(bento.id);
      expect(servingOf(processesWith(harness.mark))).toEqual([]);
      await registry.stopAll();
      expect(processesWith(harness.mark)).toEqual([]);
    } finally {
      await harness.dispose();
    }
  });
});
