import { beforeEach, expect, it, vi } from 'vitest';
import type { Bento } from '../../../src/core/model';
import { ServeWithProgress } from '../../../src/vscode/lifecycle/serve-with-progress';
import type { ProblemMessages } from '../../../src/vscode/problems/problem-messages';
import { bento, fakeManager } from '../../support/bentos';
import { user, window } from '../../support/fake-vscode';
import { ManualClock } from '../../support/manual-clock';

beforeEach(() => user.reset());

function setUp() {
  const clock = new ManualClock();
  const manager = fakeManager([bento()]);
  const answer = Promise.withResolvers<undefined>();
  manager.answer = () => answer.promise;
  const problems: unknown[] = [];
  const show = (error: unknown): Promise<void> => Promise.resolve(void problems.push(error));
  const messages = { show } as unknown as ProblemMessages;
  const progress = new ServeWithProgress(clock, manager, messages);
  return { clock, manager, answer, problems, progress };
}

it('shows no progress for a start that ends quickly', async () => {
  const { clock, answer, progress } = setUp();
  const served = progress.serve(bento());
  await clock.pass(499);
  answer.resolve(undefined);
  expect(await served).toBe(true);
  await clock.pass(1000);
  expect(user.seen).toEqual(['info: Search is ready.']);
  expect(clock.waiting).toBe(0);
});

it('shows the progress of a start that takes a while', async () => {
  const { clock, answer, progress } = setUp();
  const served = progress.serve(bento());
  await clock.pass(500);
  expect(user.seen).toEqual(['progress: Search']);
  answer.resolve(undefined);
  expect(await served).toBe(true);
});

it('reports an immediate failure at once', async () => {
  const { clock, answer, problems, progress } = setUp();
  const served = progress.serve(bento());
  answer.reject(new Error('no Python'));
  expect(await served).toBe(false);
  expect(problems).toEqual([new Error('no Python')]);
  expect(user.seen).toEqual([]);
  expect(clock.waiting).toBe(0);
});

it('reports the current phase first, and can cancel a serve that began before the notification', async () => {
  const { clock, manager, progress } = setUp();
  const reported: unknown[] = [];
  let cancel = (): void => undefined;
  vi.spyOn(window, 'withProgress').mockImplementation((_, task) =>
    task(
      { report: (value: unknown) => reported.push(value) },
      {
        isCancellationRequested: false,
        onCancellationRequested: (act: () => void) => (cancel = act),
      },
    ),
  );
  manager.serve = (_, { signal, onPhase } = {}) =>
    new Promise<Bento>((_resolve, reject) => {
      onPhase?.({ key: 'checkingPython', args: {} });
      signal?.addEventListener('abort', () => reject(new Error('cancelled')));
    });
  const served = progress.serve(bento());
  await clock.pass(500);
  expect(reported).toEqual([{ message: 'checking Python' }]);
  cancel();
  expect(await served).toBe(false);
  vi.restoreAllMocks();
});
