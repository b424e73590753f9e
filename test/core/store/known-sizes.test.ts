import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { DirectorySize } from '../../../src/core/store/directory-size';
import { KnownSizes } from '../../../src/core/store/known-sizes';

interface Measuring {
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly done: (bytes: number) => Promise<void>;
}

function sizes(): { known: KnownSizes; begun: Measuring[]; told: string[] } {
  const begun: Measuring[] = [];
  const told: string[] = [];
  const known = new KnownSizes(
    (directory, signal) => {
      const { promise, resolve } = Promise.withResolvers<DirectorySize>();
      const done = async (bytes: number): Promise<void> => {
        resolve({ bytes, isPartial: false });
        await turn();
      };
      begun.push({ directory, signal, done });
      return promise;
    },
    (directory) => told.push(directory),
  );
  return { known, begun, told };
}

it('measures what is asked for: each once, and one at a time', async () => {
  const { known, begun, told } = sizes();
  for (const directory of ['/a', '/b', '/a']) expect(known.of(directory)).toBeUndefined();
  expect(begun.map(({ directory }) => directory)).toEqual(['/a']);
  await begun[0]?.done(5);
  expect(known.of('/a')).toEqual({ bytes: 5, isPartial: false });
  expect(begun.map(({ directory }) => directory)).toEqual(['/a', '/b']);
  await begun[1]?.done(6);
  expect(told).toEqual(['/a', '/b']);
  expect(known.of('/c')).toBeUndefined();
  expect(begun).toHaveLength(3);
});

it('measures anew what may have changed, and nothing else', async () => {
  const { known, begun } = sizes();
  for (const [index, directory] of ['/s/a/1', '/s/a/2', '/s/ab/1'].entries()) {
    known.of(directory);
    await begun[index]?.done(1);
  }
  known.forget(['/s/a']);
  expect(known.of('/s/ab/1')).toBeDefined();
  expect(known.of('/s/a/1')).toBeUndefined();
  await begun[3]?.done(2);
  expect(known.of('/s/a/1')).toEqual({ bytes: 2, isPartial: false });
});

it('does not believe what was counted while it changed', async () => {
  const { known, begun, told } = sizes();
  known.of('/s/a/1');
  known.forget(['/s/a']);
  await begun[0]?.done(1);
  expect(told).toEqual([]);
  await begun[1]?.done(9);
  expect(known.of('/s/a/1')).toEqual({ bytes: 9, isPartial: false });
});

it('measures nothing after its end', async () => {
  const { known, begun, told } = sizes();
  known.of('/a');
  known.of('/b');
  known.dispose();
  expect(begun[0]?.signal.aborted).toBe(true);
  await begun[0]?.done(1);
  expect(begun).toHaveLength(1);
  expect(told).toEqual([]);
});
