import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '../../src/core/log';
import {
  HelperPool,
  type HelperPoolContext,
} from '../../src/core/target/local/fork-server/helper-pool';

type OfHarness = Pick<HelperPoolContext, 'log' | 'assertTrusted'>;

/** Ends its helpers only when it is told to. A test that removes its files does not close the folder, as a person would. */
class LastingPool extends HelperPool {
  #isEnding = false;

  override async endIdle(): Promise<void> {
    this.#isEnding = true;
    await super.endIdle();
    this.#isEnding = false;
  }

  override async endIdleOf(isOver: (folder: string) => boolean): Promise<void> {
    if (this.#isEnding) await super.endIdleOf(isOver);
  }

  /** A registry ends with its test, and the pool does not. */
  override close(): Promise<void> {
    return Promise.resolve();
  }

  /** At the end of the file. */
  end(): Promise<void> {
    return super.close();
  }
}

/**
 * The helpers that wait between the harnesses of a file's tests, as a window keeps them from serve to serve: BentoML is
 * imported once for all of them.
 */
export class SharedHelpers {
  /** Names their processes, and holds what BentoML and they keep on the disk. */
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-shared-'));
  readonly home = path.join(this.folder, 'home');
  #pool: LastingPool | undefined;
  #harness: OfHarness | undefined;

  /** The class that a registry makes its pool with: each gets the pool that is there. */
  enter(harness: OfHarness): typeof HelperPool {
    this.#harness = harness;
    const poolFor = (context: HelperPoolContext, onChange: () => void): HelperPool =>
      (this.#pool ??= new LastingPool({ ...context, ...this.#ofCurrentHarness() }, onChange));
    const construct = (_: unknown, args: ConstructorParameters<typeof HelperPool>): HelperPool =>
      poolFor(args[0], args[1]);
    return new Proxy<typeof HelperPool>(HelperPool, { construct });
  }

  /** Nothing of a test's bentos and models is there in the next one. The folders stay: BentoML made them when it was imported. */
  emptyStores(): void {
    for (const store of ['bentos', 'models'].map((name) => path.join(this.home, name))) {
      if (!existsSync(store)) continue;
      for (const name of readdirSync(store)) rmSync(path.join(store, name), { recursive: true });
    }
  }

  async dispose(): Promise<void> {
    await this.#pool?.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #ofCurrentHarness(): OfHarness {
    const pass =
      (level: keyof Log) =>
      (message: string): void =>
        this.#harness?.log[level](message);
    return {
      log: { debug: pass('debug'), info: pass('info'), warn: pass('warn'), error: pass('error') },
      assertTrusted: () => this.#harness?.assertTrusted(),
    };
  }
}
