import { beforeEach, expect, it, vi } from 'vitest';
import { targetKinds } from '../../../src/core/target-kinds';
import { askForTarget } from '../../../src/vscode/commands/ask-for-target';
import { user, window } from '../../support/fake-vscode';

const title = 'Where should Search be served?';

beforeEach(() => user.reset());

it.each([
  ['This Machine', 'local'],
  ['Docker Compose', 'compose'],
  ['Kubernetes', 'kubernetes'],
])('%s is the target %s', async (answer, target) => {
  user.answers.set(title, answer);
  expect(await askForTarget('Search', 'local')).toBe(target);
});

it('nothing is chosen if the question is closed', async () => {
  expect(await askForTarget('Search', 'local')).toBeUndefined();
  expect(user.seen).toEqual([`pick: ${title} This Machine | Docker Compose | Kubernetes`]);
});

it.each(targetKinds)('only the target %s is the current one', async (current) => {
  const picked = vi.spyOn(window, 'showQuickPick');
  await askForTarget('Search', current);
  const [items = []] = picked.mock.calls[0] ?? [];
  expect(items.map(({ description }) => description)).toEqual(
    (['local', 'compose', 'kubernetes'] as const).map((kind) =>
      kind === current ? 'current' : undefined,
    ),
  );
  picked.mockRestore();
});
