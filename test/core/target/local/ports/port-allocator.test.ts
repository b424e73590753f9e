import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BindSpec } from '../../../../../src/core/target/local/helper/process-host';
import { HelperRefusal } from '../../../../../src/core/target/local/helper/helper-connection';
import {
  stickyPorts,
  type StickyPorts,
} from '../../../../../src/core/target/local/ports/sticky-ports';
import {
  PortAllocator,
  type PortBinder,
} from '../../../../../src/core/target/local/ports/port-allocator';
import { ServeError } from '../../../../../src/core/problem';

const setting = { name: 'serveBento.http.port', registered: 'serveBento.http.port' };

/** Binds for real, as the helper does, and keeps the sockets until the end of the test. */
class Binder implements PortBinder {
  #held: readonly { readonly lease: string; readonly server: net.Server }[] = [];

  bind({ lease, host, port }: BindSpec): Promise<{ fd: number; port: number }> {
    return new Promise((resolve, reject) => {
      const server = net.createServer();
      server.once('error', (error: NodeJS.ErrnoException) => {
        const holder = { pid: 4711, name: 'thief' };
        reject(new HelperRefusal(error.code ?? '', error.message, holder));
      });
      server.listen(port, host, () => {
        this.#held = [...this.#held, { lease, server }];
        resolve({ fd: 7, port: (server.address() as net.AddressInfo).port });
      });
    });
  }

  async release(lease: string): Promise<void> {
    const released = this.#held.filter((held) => held.lease === lease);
    this.#held = this.#held.filter((held) => held.lease !== lease);
    await Promise.all(
      released.map(({ server }) => new Promise((resolve) => server.close(resolve))),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#held.map(({ lease }) => this.release(lease)));
  }
}

describe('the port allocator', () => {
  let binder: Binder;
  let kept: StickyPorts;
  let stored: unknown;

  beforeEach(() => {
    binder = new Binder();
    stored = undefined;
    kept = stickyPorts(store());
  });

  afterEach(() => binder.close());

  const store = () => ({
    get: () => stored,
    update: (_: string, value: unknown) => Promise.resolve(void (stored = value)),
  });

  const allocator = (bento = 'a', ports = kept): PortAllocator =>
    new PortAllocator(bento, binder, ports);

  const request = { use: 'http', host: '127.0.0.1', setting, listen: true };

  const refusal = async (leasing: Promise<unknown>): Promise<ServeError> => {
    const error: unknown = await leasing.catch((reason: unknown) => reason);
    if (!(error instanceof ServeError)) throw new Error(`no ServeError but ${String(error)}`);
    return error;
  };

  it('gives a port from 3000 on, and the same one again in the next window', async () => {
    const { port } = await allocator().lease(request);
    expect(port).toBeGreaterThanOrEqual(3000);
    await binder.close();
    binder = new Binder();
    const again = await allocator('a', stickyPorts(store())).lease(request);
    expect(again.port).toBe(port);
  });

  it('gives another bento another port, also while the first one is not served', async () => {
    const { port } = await allocator('a').lease(request);
    await binder.close();
    binder = new Binder();
    expect((await allocator('b').lease(request)).port).not.toBe(port);
  });

  it('goes to the next one when the kept port was taken meanwhile', async () => {
    const { port } = await allocator().lease(request);
    expect((await allocator().lease(request)).port).not.toBe(port);
  });

  it('refuses a configured port that is busy, with its holder and the setting', async () => {
    const { port } = await allocator('b').lease(request);
    const error = await refusal(allocator('a').lease({ ...request, port }));
    expect(error.code).toBe('port-in-use');
    expect(error.message).toBe(
      `Port ${port} (http) is in use by thief (pid 4711). Stop it, or choose another port in the setting serveBento.http.port.`,
    );
    expect(kept.get('a', 'http')).toBeUndefined();
  });

  describe('when it only checks', () => {
    const busy = async (): Promise<number> => (await allocator('b').lease(request)).port;

    it('refuses a busy configured port as a lease would, and holds nothing', async () => {
      const port = await busy();
      const own = allocator('a');
      const checked = await refusal(own.check({ ...request, port }, []));
      const leased = await refusal(own.lease({ ...request, port }));
      expect(checked.problem).toEqual(leased.problem);
      await binder.release('http');
      await own.check({ ...request, port }, []);
      await own.check({ ...request, port }, []);
      expect(own.ports).toEqual([]);
      expect((await own.lease({ ...request, port })).port).toBe(port);
      expect(own.ports).toEqual([port]);
    });

    it('accepts a port that the bento itself holds, and one that may be replaced', async () => {
      const port = await busy();
      await allocator('a').check({ ...request, port }, [port]);
      const replacing = new PortAllocator('a', binder, kept, true);
      await replacing.check({ ...request, port }, []);
    });

    it('leaves ports alone that nobody configured', async () => {
      await allocator('a').check(request, []);
      expect(kept.get('a', 'http')).toBeUndefined();
    });
  });

  it('says that an address is not of this machine', async () => {
    const error = await refusal(allocator().lease({ ...request, host: '203.0.113.1', port: 3000 }));
    expect(error.message).toContain('203.0.113.1:3000 is not an address of this machine');
  });

  describe('when a server could not bind what was let go for it', () => {
    const stolen = async (own: PortAllocator, configured?: number) => {
      const { port } = await own.lease({
        ...request,
        ...(configured === undefined ? {} : { port: configured }),
      });
      await binder.release('http');
      const thief = new Binder();
      await thief.bind({ lease: 'theirs', host: '127.0.0.1', port });
      const found = await own.stolen('http');
      await thief.close();
      return { port, found };
    };

    it('names who has it, and gives another one where none was configured', async () => {
      const own = allocator();
      const { port, found } = await stolen(own);
      expect(found).toMatchObject({ automatic: true, problem: { code: 'port-in-use' } });
      await own.releaseAllBut();
      const thief = new Binder();
      await thief.bind({ lease: 'theirs', host: '127.0.0.1', port });
      expect((await own.lease(request)).port).not.toBe(port);
      await thief.close();
    });

    it('has no other for a configured one', async () => {
      const { port } = await allocator('b').lease(request);
      await binder.release('http');
      const { found } = await stolen(allocator(), port);
      expect(found?.automatic).toBe(false);
      expect(found?.problem.message).toContain(`Port ${port} (http) is in use by thief`);
    });

    it('finds nobody when the server failed of something else', async () => {
      const own = allocator();
      await own.lease(request);
      expect(await own.stolen('http')).toBeUndefined();
      expect(await own.stolen('grpc')).toBeUndefined();
      // Whoever had it may have let it go again.
      const problem = { code: 'port-in-use', message: 'another program has it' } as const;
      expect(await own.stolen('http', problem)).toEqual({ problem, automatic: true });
    });

    it('may have ended without a word for it, and another port is tried', async () => {
      const own = allocator();
      const { port } = await own.lease(request);
      const ended = { code: 'crashed', message: 'it exited with code 0', exitCode: 0 } as const;
      expect(await own.stolen('http', { ...ended, exitCode: 1 })).toBeUndefined();
      expect(await own.stolen('http', ended)).toEqual({ problem: ended, automatic: true });
      await own.releaseAllBut();
      expect((await own.lease(request)).port).not.toBe(port);
    });
  });

  it.each([[null], ['x'], [[['a', [['http', 'x']]]]], [[['a', 'x'], 7]]])(
    'starts anew from what it cannot read: %j',
    (value) => {
      stored = value;
      expect(stickyPorts(store()).get('a', 'http')).toBeUndefined();
    },
  );

  it('replaces a configured port that is taken for this time only, where that is wanted', async () => {
    const { port } = await binder.bind({ ...request, lease: 'other', port: 0 });
    const configured = { ...request, port };
    const error: unknown = await allocator()
      .lease(configured)
      .catch((thrown: unknown) => thrown);
    expect((error as ServeError).problem).toMatchObject({ code: 'port-in-use', port });
    const replacing = new PortAllocator('a', binder, kept, true);
    const lease = await replacing.lease(configured);
    expect(lease.port).not.toBe(port);
    expect(kept.get('a', 'http')).toBeUndefined();
    await binder.release('other');
    await replacing.releaseAllBut();
    expect((await new PortAllocator('a', binder, kept, true).lease(configured)).port).toBe(port);
  });
});
