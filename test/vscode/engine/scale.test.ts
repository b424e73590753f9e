import { beforeEach, expect, it } from 'vitest';
import type { Bento } from '../../../src/core/model';
import { scale } from '../../../src/vscode/engine/scale';
import { bento, component, details, fakeManager } from '../../support/bentos';
import { user } from '../../support/fake-vscode';

const untilServed =
  'This number applies until the bento is served or restarted. To keep it, set serveBento.runners.';
const kept = 'The cluster keeps this number until serveBento.http.replicas sets a different one.';

const ranker = component({ id: 'service:Ranker', kind: 'service', name: 'Ranker' });
const onCompose = bento({ engine: { kind: 'compose' }, components: [ranker] });
const onKubernetes = bento({ engine: { kind: 'kubernetes' }, components: [component()] });

/** Returns what is shown and called. */
async function scaled(of: Bento, question: string, answer: string): Promise<readonly string[]> {
  user.answers.set(question, answer);
  const calls: string[] = [];
  const manager = fakeManager([of]);
  const [{ id } = { id: '' }] = of.components;
  manager.known.set(`${of.id} ${id}`, details({ workersWanted: 3 }));
  manager.onEngine = () =>
    ({
      scale: (name: string, count: number) =>
        Promise.resolve(void calls.push(`scale ${name} ${count}`)),
    }) as never;
  await scale(manager, { bento: of.id, component: id });
  return [...user.seen, ...calls];
}

beforeEach(() => user.reset());

it('asks for a number, and says how long it lasts', async () => {
  expect(await scaled(onCompose, untilServed, ' 2 ')).toEqual([
    `input: ${untilServed}`,
    'progress: Scaling Ranker to 2',
    'scale service:Ranker 2',
  ]);
});

it('says that clusters keep it', async () => {
  expect(await scaled(onKubernetes, kept, '1000')).toContain('scale http 1000');
});

it.each(['0', '-1', '1.5', '1001', '', 'two', '1e3', '0x2'])('refuses %j', async (answer) => {
  expect(await scaled(onCompose, untilServed, answer)).toEqual([
    `input: ${untilServed}`,
    'invalid: Enter a whole number from 1 to 1000.',
  ]);
});
