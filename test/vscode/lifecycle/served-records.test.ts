import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServedRecords } from '../../../src/vscode/lifecycle/served-records';
import { ManualClock } from '../../support/manual-clock';

let directory: string;
let clock: ManualClock;
let alive: Set<number>;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-windows-'));
  clock = new ManualClock();
  alive = new Set();
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(pid: number): ServedRecords {
  alive.add(pid);
  return new ServedRecords({
    directory,
    clock,
    pid,
    isAlive: (one) => alive.has(one),
    onFailure: (message) => expect.unreachable(message),
  });
}

/** All that a window takes when it starts, as long as that takes. */
async function taken(records: ServedRecords): Promise<readonly string[]> {
  const ids: string[] = [];
  const state = { done: false };
  const all = (async () => {
    for await (const some of records.take()) ids.push(...some);
    state.done = true;
  })();
  while (!state.done) {
    await new Promise((resolve) => setImmediate(resolve));
    // Time passes only while it is waited for: reading files takes its own.
    if (clock.waiting > 0) await clock.pass(50);
  }
  await all;
  return ids.sort();
}

it('gives a window that is reloaded what it served, and leaves the other one its own', async () => {
  const [a, b] = [open(1), open(2)];
  a.write(['one']);
  b.write(['two']);
  await Promise.all([a.written(), b.written()]);
  b.end(['two']);
  alive.delete(2);
  expect(await taken(open(3))).toEqual(['two']);
  a.end(['one']);
  alive.delete(1);
  expect(await taken(open(4))).toEqual(['one']);
});

it('gives what was served by a window whose host was killed', async () => {
  const window = open(1);
  window.write(['one']);
  await window.written();
  alive.delete(1);
  expect(await taken(open(2))).toEqual(['one']);
});

it('gives what was served by a killed host that had the same number, as in a restarted container', async () => {
  const window = open(1);
  window.write(['one']);
  await window.written();
  expect(await taken(open(1))).toEqual(['one']);
});

it('waits for a host that ends only after the next one has started', async () => {
  const before = open(1);
  before.write(['one']);
  await before.written();
  let looks = 0;
  alive.has = () => {
    looks += 1;
    if (looks === 5) before.end(['one']);
    return true;
  };
  expect(await taken(open(2))).toEqual(['one']);
});

it('gives it to one of several windows that start', async () => {
  open(1).end(['one']);
  const both = await Promise.all([taken(open(2)), taken(open(3))]);
  expect(both.flat()).toEqual(['one']);
});

it('gives nothing of another day, and keeps no file of it', async () => {
  open(1).end(['one']);
  await clock.pass(3_600_000);
  expect(await taken(open(2))).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

it('gives nothing when there is no folder, and does without files that cannot be read', async () => {
  const at = clock.date();
  for (const [name, text] of Object.entries({
    'a.json': '{',
    'b.json': 'null',
    'c.json': JSON.stringify({ served: ['x'], at: 'now', pid: 1, ended: true }),
    'd.json': JSON.stringify({ served: { x: 1 }, at, pid: -1, ended: true }),
    'e.json': JSON.stringify({ served: [1, 'one', null], at, pid: 99, ended: false }),
  })) {
    writeFileSync(path.join(directory, name), text);
  }
  expect(await taken(open(1))).toEqual(['one']);
  rmSync(directory, { recursive: true });
  expect(await taken(open(1))).toEqual([]);
});
