import { beforeEach, expect, it, vi } from 'vitest';
import type { PushQuestion } from '../../../src/core/registry/engines/engine-context';
import { askForPush } from '../../../src/vscode/commands/ask-for-push';

const { shown, answers } = vi.hoisted(() => ({ shown: [] as string[], answers: [] as string[] }));

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: {
    t: (text: string, ...values: unknown[]) =>
      text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
  },
  window: {
    showQuickPick: (items: { label: string; detail: string }[], { title }: { title: string }) => {
      shown.push(title, ...items.map(({ label, detail }) => `${label}: ${detail}`));
      const answer = answers.shift();
      return Promise.resolve(items.find(({ label }) => label === answer));
    },
  },
}));

beforeEach(() => {
  for (const list of [shown, answers]) list.splice(0);
});

const at = new Date(2026, 0, 2, 15, 4).getTime();
const last = { tag: 'search:abc', at, registry: 'registry.example.com/team' };
const source: PushQuestion = {
  ...{ registry: 'registry.example.com/team', tag: undefined, last: undefined },
  ...{ isContainerized: false, hasChanged: false },
};

const ask = (question: Partial<PushQuestion>): ReturnType<typeof askForPush> =>
  askForPush({ displayName: 'Search' }, { ...source, ...question });

it.each([
  [{}, 'Build, Containerize and Push', 'build'],
  [{ last }, 'Use search:abc', 'push'],
  [{ last, hasChanged: true }, 'Build Again, Containerize and Push', 'build'],
  [{ tag: 'search:abc' }, 'Containerize and Push search:abc', 'push'],
  [{ tag: 'search:abc', isContainerized: true }, 'Push search:abc', 'push'],
  [{ tag: 'search:abc' }, 'Enter Another Image…', 'other'],
] as const)('%j: %s', async (question, label, expected) => {
  answers.push(label);
  expect(await ask(question)).toBe(expected);
  // The first item is what most people want. Whatever is pushed names the registry.
  if (expected !== 'other') expect(shown[1]).toMatch(new RegExp(`^${label}: `));
  for (const line of shown.filter((one) => /Push\b.*:/.test(one))) {
    expect(line).toContain('registry.example.com/team');
  }
});

it('says when the last build was made, and whether the source has changed since', async () => {
  answers.push('Enter Another Image…', 'Enter Another Image…');
  await ask({ last });
  expect(shown.join('\n')).toMatch(
    /Built Jan 2, 2026, 3:04.PM\. The source has not changed since\./,
  );
  await ask({ last: { ...last, at: Date.now() }, hasChanged: true });
  expect(shown.at(-2)).toMatch(
    /Built \d\d:\d\d.[AP]M\. The source or serveBento\.args have changed since\./,
  );
});

it('serves nothing if the user chooses nothing', async () => {
  await expect(ask({})).rejects.toMatchObject({ code: 'cancelled' });
});
