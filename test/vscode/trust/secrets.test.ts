import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Secrets } from '../../../src/vscode/trust/secrets';

const { asked, window } = vi.hoisted(() => {
  const asked: string[] = [];
  const window = {
    answer: 'value' as string | undefined,
    showInputBox: ({ title, prompt }: { title: string; prompt: string }) => {
      asked.push(`${title}: ${prompt}`);
      return Promise.resolve(window.answer);
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

const kept = new Map<string, string>();
const stored = new Map<string, unknown>();
const secrets = new Secrets(
  {
    get: (key: string) => Promise.resolve(kept.get(key)),
    store: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    delete: (key: string) => Promise.resolve(void kept.delete(key)),
  } as never,
  {
    get: (key) => stored.get(key),
    update: (key, value) => Promise.resolve(void stored.set(key, value)),
  },
);
const token = { secret: 'token', variable: 'HF_TOKEN' };

beforeEach(() => {
  asked.splice(0);
  kept.clear();
  stored.clear();
  window.answer = 'value';
});

describe('a secret', () => {
  it('is asked for once, and the question tells what uses it', async () => {
    const valueOf = await secrets.of('/work', [token]);
    expect(valueOf(token)).toBe('value');
    window.answer = 'another';
    expect((await secrets.of('/work', [token]))(token)).toBe('value');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/token.*HF_TOKEN/);
    expect(await secrets.has('/work', [token])).toBe(true);
  });

  it.each([
    ['folder', '/other', token],
    ['variable', '/work', { ...token, variable: 'HTTPS_PROXY' }],
    ['variable with odd letters', '/work', { ...token, variable: 'HF_TOKEN /work' }],
    ['secret', '/work', { ...token, secret: 'tok' }],
  ])('is not given to another %s', async (_, folder, use) => {
    await secrets.of('/work', [token]);
    expect(await secrets.has(folder, [use])).toBe(false);
    window.answer = 'another';
    const valueOf = await secrets.of(folder, [use]);
    expect(valueOf(use)).toBe('another');
    expect((await secrets.of('/work', [token]))(token)).toBe('value');
  });

  it('that is not given ends what needs it', async () => {
    window.answer = undefined;
    await expect(secrets.of('/work', [token])).rejects.toMatchObject({ code: 'cancelled' });
    expect(await secrets.has('/work', [token])).toBe(false);
  });
});
