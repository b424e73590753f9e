import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { DebugAdapter } from '../../src/core/debug/debug-adapter';
import { Helper } from '../../src/core/target/local/helper/helper';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';
import { until } from '../support/until';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

const connected = async (port: number): Promise<net.Socket> => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
};

it.skipIf(process.platform === 'win32')(
  'a worker attaches although other processes connect to the port before it',
  async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'adapter-test-'));
    const scripts = path.resolve('src/python');
    const env = { PATH: process.env['PATH'] ?? '' };
    const helper = await Helper.start({
      ...{ clock: systemClock, python, scripts, env, log: quietLog(), directory },
      assertTrusted: () => undefined,
      cancel: new AbortController().signal,
      runs: temporaryRuns(directory),
    });
    try {
      const debugpy = await ensureDebugpy(python);
      const socket = path.join(directory, 'editor');
      const parts = { python, scripts, debugpy, env, socket, name: 'debugger#1' };
      const adapter = await DebugAdapter.start({ host: helper, ...parts });
      let hasEnded = false;
      void adapter.ended.then(() => (hasEnded = true));
      const spec = adapter.spec({ subProcess: false, wait: 30 });
      for (const text of ['', 'Content-Length: 2\r\n\r\n{}', 'GET / HTTP/1.1\r\n\r\n']) {
        const stranger = await connected(spec.port);
        stranger.write(text);
        stranger.destroySoon();
      }
      // This one stays, and says nothing.
      const silent = await connected(spec.port);

      const file = path.join(directory, 'served.py');
      writeFileSync(file, 'answer = 42\nprint(answer)\n');
      const { exited } = await helper.spawn({
        ...{ process: 'http#1', group: 'http', env, cwd: directory, fds: [], debug: spec },
        argv: [python, path.join(scripts, 'worker.py'), 'served'],
        deathSignal: 'SIGKILL',
      });
      const client = await DapClient.connect(socket);
      const connect = { host: '127.0.0.1', port: 0 };
      await until('the worker', () =>
        client.attach({ [file]: [2] }, { name: 'test', connect }).then(
          () => true,
          () => undefined,
        ),
      );
      const stopped = await client.event('stopped');
      expect((await client.where(stopped)).line).toBe(2);
      expect(hasEnded).toBe(false);
      await client.goOn(stopped);
      expect(await exited).toEqual({ code: 0, signal: null });
      client.close();
      silent.destroy();
      await until('the end of the adapter', () => hasEnded || undefined);
    } finally {
      await helper.end();
      rmSync(directory, { recursive: true, force: true });
    }
  },
  60_000,
);
