import { performance } from 'node:perf_hooks';
import { expect } from 'vitest';
import type { BentoRegistry } from '../../src/core/registry/bento-registry';
import { moment } from '../support/pauses';
import { ShownTree } from '../support/shown-tree';
import { MemoryRecord } from './memory-record';

/** Something that happens to what an engine runs, or to the engine. */
export interface EngineFault {
  readonly name: string;
  readonly inject: () => Promise<unknown>;
}

export interface SoakedEngine {
  readonly registry: BentoRegistry;
  readonly bento: string;
  /** Asks the engine itself: each worker with `ready` or `not ready`. Rejects if the engine does not answer. */
  readonly truth: () => Promise<readonly string[]>;
  readonly faults: readonly EngineFault[];
  /** The processes that this test has started and that run now. */
  readonly processes: () => number;
}

/** How long the tree may differ from the truth. */
const limitMs = 5_000;
/** The time that the look at both takes. */
const lookMs = 700;
const steadyMs = 2_000;
const settleMs = 90_000;
const silent = 'the engine does not answer';

/** By default each fault once. */
const minutes = Number(process.env['SERVE_BENTO_SOAK_MINUTES'] ?? 0);
/** How long an engine that is cut off stays so. */
export const cutMs = minutes > 0 ? 20_000 : 8_000;
/** The time limit of a test with a soak in it. */
export const soakTestMs = minutes * 60_000 + 600_000;

/** Injects faults, and compares the tree with what the engine itself says, until both agree again. */
export async function soakEngine(engine: SoakedEngine): Promise<void> {
  const { registry, bento, faults, processes } = engine;
  const tree = new ShownTree(registry);
  const end = performance.now() + minutes * 60_000;
  const memory = new MemoryRecord(Math.max(60_000, minutes * 60_000));
  const worst = new Map<string, number>();
  await untilTrue(engine, tree, 'the start');
  const before = processes();
  let rounds = 0;
  do {
    for (const fault of faults) {
      const [during] = await Promise.all([untilTrue(engine, tree, fault.name), fault.inject()]);
      const differed = Math.max(during, await untilTrue(engine, tree, fault.name));
      worst.set(fault.name, Math.max(worst.get(fault.name) ?? 0, differed));
      expect(tree.duplicates).toEqual([]);
      expect(registry.bento(bento)?.problem).toBeUndefined();
    }
    rounds += 1;
  } while (performance.now() < end);
  const { heapUsed } = memory.end();
  const growth = `memory: ${(heapUsed / 1e6).toFixed(1)} MB more in the last quarter`;
  const times = [...worst].map(([name, ms]) => `${name}: ${(ms / 1_000).toFixed(1)} s`);
  console.log([`${String(rounds)} rounds`, ...times, growth].join('\n'));
  // One more may be on its way.
  expect(processes()).toBeLessThanOrEqual(before + 1);
  if (minutes > 0) expect(heapUsed).toBeLessThan(10e6);
  tree.dispose();
}

/** Resolves when tree and truth have agreed for a while, with the longest time in which they have not. */
async function untilTrue(engine: SoakedEngine, tree: ShownTree, name: string): Promise<number> {
  const { registry, bento, truth } = engine;
  const started = performance.now();
  let since: number | undefined;
  let agreed: number | undefined;
  let longest = 0;
  for (;;) {
    const asked = performance.now();
    const expected = await truth().then(
      (workers) => [...workers].sort().join('\n'),
      () => silent,
    );
    const isSilent = registry.bento(bento)?.problem?.code.startsWith('engine-') === true;
    const shown = isSilent ? silent : tree.workers.join('\n');
    const now = performance.now();
    if (shown === expected) {
      since = undefined;
      agreed ??= asked;
      if (shown !== silent && now - agreed > steadyMs) return longest;
    } else {
      since ??= asked;
      agreed = undefined;
      longest = Math.max(longest, now - since);
      if (now - since > limitMs + lookMs) {
        throw new Error(`After ${name} the tree shows\n${shown}\nand the engine says\n${expected}`);
      }
    }
    if (now - started > settleMs) throw new Error(`${name}: the engine never was steady again`);
    await moment(100);
  }
}
