import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, existsSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import { HelperRefusal } from '../../src/core/target/local/helper/helper-connection';
import { isAlive, processesWith } from '../support/processes';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';
import { until } from '../support/until';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const scripts = path.resolve('src/python');

/** Runs Python that we write here in the helper's care. */
const code = (source: string): string[] => [python, '-u', '-c', source];

describe('the helper, for real', () => {
  let helper: Helper;
  let directory: string;
  let mark: string;
  let count = 0;

  beforeEach(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'helper-test-'));
    mark = `HELPER_TEST=${directory}`;
    helper = await start();
  });

  afterEach(async () => {
    await helper.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = (): Promise<Helper> =>
    Helper.start({
      clock: systemClock,
      python,
      scripts,
      env: { PATH: process.env['PATH'] ?? '' },
      assertTrusted: () => undefined,
      cancel: new AbortController().signal,
      log: quietLog(),
      directory,
      runs: temporaryRuns(directory),
    });

  const run = (source: string, group = 'g', fds: readonly number[] = []) =>
    helper.spawn({
      process: `${group}#${++count}`,
      group,
      argv: code(source),
      env: { PATH: process.env['PATH'] ?? '', HELPER_TEST: directory },
      cwd: directory,
      fds,
      deathSignal: 'SIGKILL',
    });

  it('keeps a text for its processes, readable by them and not as a file of the directory', async () => {
    const file = await helper.keep('a key ✓');
    const said: string[] = [];
    helper.onOutput(({ text }) => void said.push(text));
    const { exited } = await run(`print(open(${JSON.stringify(file)}, encoding='utf-8').read())`);
    await exited;
    await until('its output', () => said.join('').includes('a key ✓'));
    if (process.platform === 'linux') expect(file).toMatch(/^\/proc\/\d+\/fd\/\d+$/);
    else expect(statSync(file).mode & 0o777).toBe(0o600);
    await helper.reset();
    expect(existsSync(file)).toBe(false);
  });

  it('relays output as it comes, broken UTF-8 included, before the exit', async () => {
    let text = '';
    helper.onOutput((output) => (text += `${output.stream}:${output.text}`));
    const child = await run(
      `import os; os.write(1, b"one \\xff \\xe2"); os.write(1, b"\\x82\\xac"); os.write(2, b"two"); raise SystemExit(3)`,
    );
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(text).toContain('\ufffd');
    expect(text.replaceAll('stdout:', '')).toContain('€');
    expect(text).toContain('stderr:two');
  });

  it('loses no line of a flood', async () => {
    let lines = 0;
    helper.onOutput(({ text }) => (lines += text.split('\n').length - 1));
    const child = await run('for i in range(300000): print("x" * 60, i)');
    await child.exited;
    expect(lines).toBe(300_000);
  });

  it('says that an interpreter cannot be started', async () => {
    const starting = Helper.start({
      clock: systemClock,
      python: path.join(directory, 'no-python'),
      scripts,
      env: {},
      assertTrusted: () => undefined,
      cancel: new AbortController().signal,
      log: quietLog(),
      directory: path.join(directory, 'run'),
      runs: temporaryRuns(directory),
    });
    await expect(starting).rejects.toMatchObject({ code: 'no-python' });
  });

  it('gives the signal that ended a process, and no code', async () => {
    const child = await run('import time; time.sleep(60)');
    process.kill(child.pid, 'SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('says why a program cannot be started', async () => {
    const refusal = helper.spawn({
      process: 'x',
      group: 'x',
      argv: ['/no/such/program'],
      env: {},
      cwd: directory,
      fds: [],
      deathSignal: 'SIGKILL',
    });
    await expect(refusal).rejects.toMatchObject({ code: 'no-python' });
  });

  it('holds a port, hands it on to a child and names the holder to others', async () => {
    const { fd, port } = await helper.bind({ lease: 'http', host: '127.0.0.1', port: 0 });
    await run(
      `import socket; s = socket.socket(fileno=${fd}); c, _ = s.accept(); c.sendall(b"hello"); c.close()`,
      'g',
      [fd],
    );
    expect(await read(port)).toBe('hello');
    const other = await start();
    const refusal = await other
      .bind({ lease: 'http', host: '127.0.0.1', port })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HelperRefusal);
    expect(refusal).toMatchObject({
      code: 'EADDRINUSE',
      holder: { name: expect.stringMatching(/python/) },
    });
    await other.end();
    await helper.release('http');
  });

  it.runIf(process.platform === 'linux')(
    'keeps others off a port that a SO_REUSEPORT server binds itself',
    async () => {
      const { port } = await helper.bind({
        lease: 'grpc',
        host: '127.0.0.1',
        port: 0,
        listen: false,
      });
      await expect(listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      await run(
        `import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(("127.0.0.1", ${port})); s.listen(); c, _ = s.accept(); c.sendall(b"mine"); c.close()`,
      );
      expect(await until('answer', () => read(port).catch(() => undefined))).toBe('mine');
    },
  );

  describe.runIf(process.platform === 'linux')('leaves nothing behind', () => {
    const stubborn = 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)';
    const wait = 'import time; time.sleep(600)';
    const daemons = `
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork(): os._exit(0)
        time.sleep(600)
for _ in range(84):
    if os.fork() == 0: time.sleep(600)
print("ready", flush=True)
time.sleep(600)`;

    it('when a group is killed: descendants and escaped session leaders go, other groups stay', async () => {
      let ready = false;
      helper.onOutput(({ text }) => (ready ||= text.includes('ready')));
      const child = await run(daemons);
      const bystander = await run(wait, 'other');
      await until('the tree', () => ready && processesWith(mark).length >= 91);
      await helper.kill('g');
      expect((await child.exited).signal).toBe('SIGKILL');
      expect(processesWith(mark)).toEqual([bystander.pid]);
    });

    it('when the life line ends, with workers that ignore SIGTERM or are stopped', async () => {
      const one = await run(`${stubborn}\nprint("ready", flush=True)\n${wait}`);
      const two = await run(wait);
      process.kill(two.pid, 'SIGSTOP');
      const from = performance.now();
      await helper.end();
      expect(performance.now() - from).toBeLessThan(3000);
      expect([one, two].filter(({ pid }) => isAlive(pid))).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    });

    it('when the extension host is killed', async () => {
      const host = spawn(
        process.execPath,
        [
          '-e',
          `const c = require('child_process').spawn(${JSON.stringify(python)}, ['-I','-S','-B',${JSON.stringify(path.join(scripts, 'helper'))}], {stdio: ['pipe','inherit','inherit'], env: {SERVE_BENTO_MARK: ${JSON.stringify('0'.repeat(32))}}});
           c.stdin.write(JSON.stringify({do:'spawn',id:1,process:'a',group:'a',argv:${JSON.stringify(code(wait))},env:{HELPER_TEST:${JSON.stringify(directory)}},cwd:'/'}) + '\\n');
           setInterval(() => {}, 1000);`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await until('the child', () => processesWith(mark).length === 1);
      host.kill('SIGKILL');
      await until('the end of the child', () => processesWith(mark).length === 0, 2000);
    });

    it('when the helper itself is killed', async () => {
      const child = await run(`${stubborn}\n${wait}`);
      const pid = Number(
        execFileSync('ps', ['-o', 'ppid=', '-p', String(child.pid)], { encoding: 'utf8' }).trim(),
      );
      process.kill(pid, 'SIGKILL');
      await until('the end of the child', () => !isAlive(child.pid), 2000);
      expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
      await expect(helper.release('http')).rejects.toMatchObject({ code: 'EPIPE' });
    });
  });

  it.runIf(process.platform === 'linux')(
    'tells of the workers that an arbiter starts, and of those that end',
    async () => {
      const seen: { alive: readonly number[]; died: readonly number[] }[] = [];
      helper.onWorkers(({ alive, died }) => seen.push({ alive, died }));
      await helper.spawn({
        process: 'arbiter#1',
        group: 'arbiter',
        argv: code(
          'import subprocess, sys, time\nfor _ in range(2): subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\ntime.sleep(60)',
        ),
        env: { PATH: process.env['PATH'] ?? '', HELPER_TEST: directory },
        cwd: directory,
        fds: [],
        deathSignal: 'SIGTERM',
        arbiter: true,
      });
      const both = await until('both', () => seen.find(({ alive }) => alive.length === 2));
      const [first = 0] = both.alive;
      process.kill(first, 'SIGKILL');
      const after = await until('one less', () => seen.find(({ died }) => died.length > 0), 1000);
      expect(after).toEqual({ alive: both.alive.slice(1), died: [first] });
    },
  );

  it('knows whether a port is listened on by a group, or by a stranger', async () => {
    const listen = (group: string) =>
      run(
        'import socket, time\ns = socket.socket()\ns.bind(("127.0.0.1", 0))\ns.listen()\nprint(s.getsockname()[1], flush=True)\ntime.sleep(60)',
        group,
      );
    const said = new Map<string, number>();
    helper.onOutput(({ process, text }) => {
      if (text.trim() !== '') said.set(process, Number(text));
    });
    const own = await listen('own');
    const theirs = await listen('theirs');
    const port = (of: { name: string }) => until('its port', () => said.get(of.name));
    expect(await helper.listens('own', await port(own))).toBe(true);
    expect(await helper.listens('own', await port(theirs))).toBe(false);
    const stranger = net.createServer();
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port: foreign } = stranger.address() as net.AddressInfo;
    expect(await helper.listens('own', foreign)).toBe(false);
    stranger.close();
  });
});

function read(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

function listen(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
