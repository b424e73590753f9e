import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HelperRefusal } from '../../src/core/target/local/helper/helper-connection';
import type {
  ManagedProcess,
  ProcessHost,
  ProcessSpec,
} from '../../src/core/target/local/helper/process-host';
import { until } from './until';

/** Programs that every host can run. Those that run until they are ended write "ready" first. */
export type ContractProgram =
  'waits' | 'ignores SIGTERM' | 'exits with 3' | 'absent' | 'accepts' | 'runs two workers';

export interface HostUnderTest {
  readonly host: ProcessHost;
  /** `fd`: a listening socket, for `accepts`. */
  readonly command: (
    program: ContractProgram,
    fd?: number,
  ) => Pick<ProcessSpec, 'argv' | 'env' | 'cwd' | 'fds'>;
  /** Ends a worker of an arbiter from outside. */
  readonly endWorker: (pid: number) => void;
  readonly dispose: () => Promise<void>;
}

const debug = {
  ...{ adapter: 'debugger#1', debugpy: '/nowhere', port: 1, token: 'x', subProcess: true, wait: 0 },
};

/** What everything that runs processes for us does, whatever it is made of. */
export function processHostContract(make: () => Promise<HostUnderTest>): void {
  let tested: HostUnderTest;
  let host: ProcessHost;
  const ready = new Set<string>();

  beforeEach(async () => {
    tested = await make();
    ({ host } = tested);
    ready.clear();
    host.onOutput(({ process, text }) => {
      if (text.includes('ready')) ready.add(process);
    });
  });

  afterEach(() => tested.dispose());

  const spawn = (
    program: ContractProgram,
    process: string,
    options: Partial<ProcessSpec> & { readonly fd?: number } = {},
  ): Promise<ManagedProcess> => {
    const { fd, ...others } = options;
    const group = process.split('#')[0] ?? '';
    const own = tested.command(program, fd);
    return host.spawn({ process, group, deathSignal: 'SIGKILL', ...own, ...others });
  };

  /** Waits until it runs its own code, so that it has set its signals. */
  const started = async (
    ...parameters: Parameters<typeof spawn>
  ): Promise<ManagedProcess & { readonly status: () => unknown }> => {
    const process = await spawn(...parameters);
    await until(`${process.name} is ready`, () => ready.has(process.name));
    let status: unknown;
    void process.exited.then((exit) => (status = exit));
    return { ...process, status: () => status };
  };

  it('gives the pid of what it starts, and how it ended', async () => {
    const { pid, exited } = await spawn('exits with 3', 'a#1');
    expect(pid).toBeGreaterThan(1);
    expect(await exited).toEqual({ code: 3, signal: null });
  });

  it('says why a program cannot be started, and can start another one of the name', async () => {
    const absent = spawn('absent', 'a#1');
    await expect(absent).rejects.toMatchObject({ name: 'ServeError', code: 'no-python' });
    expect((await spawn('waits', 'a#1')).name).toBe('a#1');
  });

  it.each(['terminate', 'retire'] as const)(
    'asks the processes of one group to end with %s, and no others',
    async (ask) => {
      const [one, two, other] = [
        await started('waits', 'a#1'),
        await started('waits', 'a#2'),
        await started('waits', 'b#1'),
      ];
      await host[ask]('a');
      const gone = { code: null, signal: 'SIGTERM' };
      expect(await Promise.all([one.exited, two.exited])).toEqual([gone, gone]);
      expect(other.status()).toBeUndefined();
    },
  );

  it('kills what does not end when it is asked, and has told so when it replies', async () => {
    const { status } = await started('ignores SIGTERM', 'a#1');
    await host.terminate('a');
    expect(await host.kill('b')).toBe(0);
    expect(status()).toBeUndefined();
    expect(await host.kill('a')).toBe(1);
    expect(status()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('knows of a group that nobody belongs to that there is nothing to do', async () => {
    await host.terminate('nobody');
    await host.retire('nobody');
    expect(await host.kill('nobody')).toBe(0);
    expect(await host.stopped('nobody')).toEqual([]);
  });

  it('can start a process again that has ended', async () => {
    const first = await spawn('exits with 3', 'a#1');
    await first.exited;
    const second = await spawn('exits with 3', 'a#1');
    expect(second.pid).not.toBe(first.pid);
    expect(await second.exited).toEqual({ code: 3, signal: null });
  });

  it.runIf(process.platform === 'linux')(
    'tells when all of a group wait for connections',
    async () => {
      const { fd } = await host.bind({ lease: 'a', host: '127.0.0.1', port: 0 });
      await started('accepts', 'a#1', { fd });
      await until('it accepts', () => host.accepting('a'));
      await started('waits', 'a#2');
      expect(await host.accepting('a')).toBe(false);
    },
  );

  it.runIf(process.platform === 'linux')('tells of the workers of an arbiter', async () => {
    const seen: { readonly alive: readonly number[]; readonly died: readonly number[] }[] = [];
    host.onWorkers(({ alive, died }) => seen.push({ alive, died }));
    await spawn('runs two workers', 'a#1', { arbiter: true });
    const { alive } = await until('both', () => seen.find((one) => one.alive.length === 2));
    const [first = 0, second] = alive;
    tested.endWorker(first);
    const after = await until('one less', () => seen.find(({ died }) => died.length > 0));
    expect(after).toEqual({ alive: [second], died: [first] });
  });

  it('holds a port until it is released', async () => {
    const { port } = await host.bind({ lease: 'a', host: '127.0.0.1', port: 0 });
    const again = { lease: 'b', host: '127.0.0.1', port };
    const refusal: unknown = await host.bind(again).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HelperRefusal);
    expect(refusal).toMatchObject({ code: 'EADDRINUSE' });
    await host.release('a');
    await host.release('a');
    expect((await host.bind(again)).port).toBe(port);
  });

  it('has none but its own processes attach, profile themselves or write their stacks', async () => {
    const file = '/nowhere/x.cpuprofile';
    for (const request of [
      () => host.attachDebugger(1, debug),
      () => host.profile(1, { seconds: 1, interval: 0.01, file }),
      () => host.dumpStacks(1),
    ]) {
      await expect(request()).rejects.toMatchObject({ name: 'HelperRefusal', code: 'ESRCH' });
    }
    await host.withdrawAttach(debug.adapter);
    await host.endProfile(file);
  });

  it('ends everything and lets everything go when it is reset', async () => {
    const one = await started('ignores SIGTERM', 'a#1');
    const { port } = await host.bind({ lease: 'a', host: '127.0.0.1', port: 0 });
    await host.reset();
    expect(await one.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect((await host.bind({ lease: 'a', host: '127.0.0.1', port })).port).toBe(port);
    expect((await spawn('waits', 'a#1')).name).toBe('a#1');
  });

  describe('when it ends', () => {
    it('has ended everything, and says so', async () => {
      const { exited } = await started('ignores SIGTERM', 'a#1');
      await host.end();
      expect(await host.ended).toEqual({ code: 0, signal: null });
      expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
    });

    it('refuses everything after it', async () => {
      await host.end();
      const refused = { name: 'HelperRefusal', code: 'EPIPE' };
      for (const request of [
        () => spawn('waits', 'a#1'),
        () => host.terminate('a'),
        () => host.retire('a'),
        () => host.kill('a'),
        () => host.accepting('a'),
        () => host.release('a'),
        () => host.attachDebugger(1, debug),
        () => host.withdrawAttach(debug.adapter),
        () => host.profile(1, { seconds: 1, interval: 0.01, file: '/x' }),
        () => host.endProfile('/x'),
        () => host.dumpStacks(1),
        () => host.reset(),
      ]) {
        await expect(request()).rejects.toMatchObject(refused);
      }
    });
  });
}
