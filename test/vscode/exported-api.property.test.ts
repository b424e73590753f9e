import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ServeBentoApi } from '../../src/api';
import { ServeError } from '../../src/core/problem';
import { exportedApi } from '../../src/vscode/exported-api';
import { bento, discovered, fakeManager, type FakeManager } from '../support/bentos';
import { argument, refusing } from '../support/hostile';
import { checkAsync } from '../support/properties';

// As VS Code's: what a listener throws is its own affair.
vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly #listeners: unknown[] = [];
    readonly event = (listener: unknown): object => {
      this.#listeners.push(listener);
      return { dispose: () => undefined };
    };
    fire(): void {
      for (const listener of this.#listeners) {
        try {
          (listener as () => void)();
        } catch {
          // It is logged.
        }
      }
    }
  },
}));

const known = { id: 'service.py:Search' };

function made(): { api: ServeBentoApi; manager: FakeManager } {
  const manager = fakeManager([bento(known)]);
  manager.found.set(known.id, discovered(known));
  return { api: exportedApi(manager, () => Promise.resolve()), manager };
}

/** As a program in JavaScript calls it. */
type Loose = Record<
  'serve' | 'stop' | 'restart',
  (...given: readonly unknown[]) => Promise<unknown>
>;

describe('the exported API', () => {
  it('rejects with a code, or does what it was asked, whatever it is called with', async () => {
    const call = fc.constantFrom('serve' as const, 'stop' as const, 'restart' as const);
    const options = fc.oneof(argument, fc.record({ cancel: argument }, { requiredKeys: [] }));
    const property = fc.asyncProperty(
      call,
      fc.oneof(fc.constant(known.id), argument),
      fc.oneof(options, fc.constant(undefined)),
      async (name, id, more) => {
        const { api, manager } = made();
        try {
          await (api as unknown as Loose)[name](id, more);
          expect(manager.calls.length).toBe(1);
        } catch (error) {
          expect(error).toBeInstanceOf(ServeError);
          expect((error as { code: unknown }).code).toEqual(expect.any(String));
        }
      },
    );
    await checkAsync(property, 500);
  });

  it('rejects with a code what cannot even be looked at', async () => {
    const { api } = made();
    for (const given of [
      [refusing()],
      [known.id, refusing()],
      [known.id, { cancel: refusing() }],
    ]) {
      await expect((api as unknown as Loose).serve(...given)).rejects.toBeInstanceOf(ServeError);
    }
  });

  it('gives values that nobody can change', async () => {
    const property = fc.asyncProperty(fc.string(), async (name) => {
      const { api } = made();
      const [first] = api.bentos;
      expect(() => Object.assign(first ?? {}, { name: `${name}!` })).toThrow(TypeError);
      expect(await api.refresh()).toEqual([bento(known)]);
    });
    await checkAsync(property, 20);
  });

  it('keeps what listeners throw from those that serve', () => {
    const { api, manager } = made();
    let heard = 0;
    const listen = api.onDidChange as (listener: unknown) => void;
    listen(() => {
      throw new Error('of another extension');
    });
    listen('no function');
    api.onDidChange(() => heard++);
    manager.change(bento({ ...known, state: 'starting' }));
    expect(heard).toBe(1);
  });
});
