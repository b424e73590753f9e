import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Exposure } from '../../../src/core/exposure/exposure';
import { Consent } from '../../../src/vscode/trust/consent';

const { asked, window } = vi.hoisted(() => {
  const asked: { message: string; detail: string }[] = [];
  const window = {
    answer: true,
    showWarningMessage: (message: string, { detail = '' }, allow: unknown) => {
      asked.push({ message, detail });
      return window.answer ? allow : undefined;
    },
  };
  return { asked, window };
});

vi.mock('vscode', () => ({
  window,
  l10n: {
    t: (text: string, ...values: unknown[]) =>
      text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
  },
}));

const stored = new Map<string, unknown>();
const consent = new Consent({
  get: (key) => stored.get(key),
  update: (key, value) => Promise.resolve(void stored.set(key, value)),
});
const search = { id: 'a.py:Search', displayName: 'Search' };
const other = { id: 'b.py:Search', displayName: 'Search' };
const http: Exposure = { kind: 'service', component: 'http', host: '0.0.0.0', port: 3000 };
const runner: Exposure = { kind: 'code', component: 'upper', host: '192.168.1.7', port: 3001 };
const remote: Exposure = { kind: 'remote', component: 'upper', host: 'tcp://10.0.0.7:9000' };

beforeEach(() => {
  asked.splice(0);
  stored.clear();
  window.answer = true;
});

describe('an address that others can reach', () => {
  it('is asked about once', async () => {
    expect(consent.has(search.id, [http], [])).toBe(false);
    await consent.exposures(search, [http], ['CVE-1']);
    await consent.exposures(search, [http], []);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain('Search');
    expect(asked[0]?.detail).toContain('http: 0.0.0.0:3000');
    expect(asked[0]?.detail).toContain('CVE-1');
    expect(consent.has(search.id, [http], [])).toBe(true);
  });

  it.each<[string, typeof search, Exposure]>([
    ['bento', other, http],
    ['component', search, { ...http, component: 'grpc' }],
    ['host', search, { ...http, host: '::' }],
    ['port', search, { ...http, port: 3001 }],
    ['port at each start', search, { kind: 'service', component: 'http', host: '0.0.0.0' }],
    ['kind, as a runner runs code', search, { ...http, kind: 'code' }],
  ])('is asked about again for another %s', async (_, bento, exposure) => {
    await consent.exposures(search, [http], []);
    expect(consent.has(bento.id, [exposure], [])).toBe(false);
    await consent.exposures(bento, [http, exposure], []);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('is a question of its own for what runs code', async () => {
    await consent.exposures(search, [http, runner, remote], []);
    expect(asked).toHaveLength(3);
    const [first, second, third] = asked.map(({ detail }) => detail);
    expect(first).not.toContain('run code as you');
    expect(second).toMatch(
      /upper: 192\.168\.1\.7:3001[^]*anyone who can reach this port can run code as you/,
    );
    expect(third).toMatch(/tcp:\/\/10\.0\.0\.7:9000[^]*run code as you/);
  });

  it('says who can run code through a port of this machine, and how to avoid it', async () => {
    const local: Exposure = { kind: 'local', component: 'upper', host: '127.0.0.1' };
    await consent.exposures(search, [local], []);
    await consent.exposures(search, [local], []);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.detail).toMatch(
      /upper: 127\.0\.0\.1[^]*unpickle[^]*web page[^]*any user of this machine can run code as you[^]*internalTransport/,
    );
  });

  it('is not allowed by a no, which is asked again', async () => {
    window.answer = false;
    await expect(consent.exposures(search, [runner], [])).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(consent.has(search.id, [runner], [])).toBe(false);
  });
});

describe('variables that reach beyond the bento', () => {
  const variables = [
    { name: 'PIP_INDEX_URL', value: 'https://pypi.example/[x](command:y)' },
    { name: 'LD_PRELOAD', value: './x.so' },
  ];

  it('are asked about with their values, once for each', async () => {
    await consent.variables(search, variables);
    await consent.variables(search, variables);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toBe('Search: let this workspace set PIP_INDEX_URL, LD_PRELOAD?');
    expect(asked[0]?.detail).toContain('LD_PRELOAD = "./x.so"');
    expect(asked[0]?.detail).toContain(
      'PIP_INDEX_URL = "https://pypi.example/[x]\u200b(command:y)"',
    );
    await consent.variables(search, [{ name: 'LD_PRELOAD', value: './y.so' }]);
    await consent.variables(other, variables);
    expect(asked).toHaveLength(3);
  });

  it('are named as removed where a workspace takes them away', async () => {
    const removed = [
      { name: 'NO_PROXY', value: null },
      { name: 'PIP_INDEX_URL', value: 'http://a' },
    ];
    await consent.variables(search, removed);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain('NO_PROXY, PIP_INDEX_URL');
    expect(asked[0]?.detail).toMatch(/^NO_PROXY \(removed\)\nPIP_INDEX_URL = "http:\/\/a"\n/);
    // Setting it is another question.
    await consent.variables(search, [{ name: 'NO_PROXY', value: '*' }]);
    expect(asked).toHaveLength(2);
  });

  it('are not kept as they are', async () => {
    await consent.variables(search, variables);
    expect(JSON.stringify([...stored])).not.toContain('pypi.example');
  });

  it('are counted where there are many', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `PIP_${index}`, value: 'v' }));
    await consent.variables(search, many);
    expect(asked[0]?.message).toBe(
      'Search: let this workspace set PIP_0, PIP_1, PIP_2 and 47 more variables?',
    );
    expect(asked[0]?.detail).toContain('and 38 more');
  });
});
