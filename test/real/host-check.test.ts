import { expect, it } from 'vitest';
import { askAs, postJson } from '../support/answers';
import { forkServersOf } from '../support/processes';
import { forkServerHarnesses, testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const id = 'service.py:Wide';

const harnesses = testHarness();
const set = forkServerHarnesses(harnesses, 'test/fixtures/bentos/wide', 'service:Wide');

it.each([
  ['forked', { warmUp: 'onServe' }],
  ['started', { warmUp: 'off' }],
  ['run by the launcher cli', { launcher: 'cli', warmUp: 'off' }],
] as const)(
  'a server that unpickles requests refuses what web pages send by DNS rebinding, when its workers are %s',
  async (how, settings) => {
    const python = harnesses.pythons['bentoml-1.3'];
    const { registry, mark } = set(settings, { python, forwardedHosts: ['app.example'] });
    const url = urlOf(await registry.serve(id));
    const { port } = new URL(url);
    if (process.platform === 'linux') {
      expect(forkServersOf(mark)).toHaveLength(how === 'forked' ? 1 : 0);
    }
    const refused = await askAs(`evil.example:${port}`, `${url}/livez`);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('CVE-2025-27520');
    const accepted = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'app.example'];
    for (const host of accepted) {
      expect((await askAs(host, `${url}/livez`)).status, host).toBe(200);
    }
    // Its dependency is asked as before.
    const doubled = await postJson(`${url}/ask_inner`, { number: 21 });
    expect([doubled.status, doubled.body]).toEqual([200, '42']);
  },
);
