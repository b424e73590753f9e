import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRun, type RunOptions } from '../../../src/core/programs/run';
import { until } from '../../support/until';
import { untrusted } from '../../support/untrusted';

const run = createRun(() => undefined);

describe('a run', () => {
  let folder: string;
  let options: RunOptions;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-bento-run-'));
    options = { cwd: folder, env: { A: 'b c' }, timeoutMs: 10_000, maxBytes: 1000 };
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const node = (code: string, change: Partial<RunOptions> = {}): ReturnType<typeof run> =>
    run(process.execPath, ['-e', code], { ...options, ...change });

  it('gives the output, the exit code and only the environment it was given', async () => {
    const code =
      'console.log(process.env.A, process.env.HOME, process.cwd()); console.error(1); process.exitCode = 3';
    expect(await node(code)).toEqual({
      stdout: `b c undefined ${folder}`,
      stderr: '1',
      exitCode: 3,
      signal: null,
      failed: true,
      timedOut: false,
      cancelled: false,
      flooded: false,
    });
  });

  it('tells all of its output as it comes, however much', async () => {
    const told: string[] = [];
    const onOutput: RunOptions['onOutput'] = (text, stream) =>
      told.push(`${stream} ${text.length}`);
    const code = 'process.stdout.write("x".repeat(300_000)); console.error("é")';
    const result = await node(code, { onOutput, maxBytes: 0 });
    expect(result).toMatchObject({ stdout: '', stderr: '', exitCode: 0, flooded: false });
    const sum = (stream: string): number =>
      told
        .filter((one) => one.startsWith(stream))
        .reduce((total, one) => total + Number(one.split(' ')[1]), 0);
    expect([sum('stdout'), sum('stderr')]).toEqual([300_000, 2]);
  });

  it.skipIf(process.platform === 'win32').each([
    ['asks before it forces', 'process.on("SIGINT", () => process.exit(7))', { exitCode: 7 }],
    ['forces what does not listen', 'process.on("SIGINT", () => {})', { signal: 'SIGKILL' }],
  ])('%s, with a grace period', async (_, handler, end) => {
    const cancel = new AbortController();
    const code = `${handler}; setInterval(() => {}, 1000); console.log("ready")`;
    const result = await node(code, {
      signal: cancel.signal,
      gracePeriodMs: 300,
      onOutput: () => cancel.abort(),
    });
    expect(result).toMatchObject({ ...end, failed: true, cancelled: true });
  });

  it('writes the input to the program, which ends it', async () => {
    const input = `é${'x'.repeat(300_000)}`;
    const code =
      'let all = 0; process.stdin.on("data", (one) => (all += one.length)).on("end", () => console.log(all))';
    expect(await node(code, { input })).toMatchObject({ stdout: '300002', exitCode: 0 });
    // A program that does not read it is no failure.
    expect(await node('process.exit(0)', { input })).toMatchObject({ exitCode: 0, failed: false });
  });

  it('hands arguments over as they are', async () => {
    const args = ['$(id)', '; ls', '"', '%PATH%', ''];
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await run(process.execPath, ['-e', print, '--', ...args], options);
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('says what the system said when it cannot be started', async () => {
    const missing = await run(join(folder, 'missing'), [], options);
    expect(missing).toMatchObject({ failed: true, exitCode: null, startError: 'ENOENT' });
    await writeFile(join(folder, 'plain'), '');
    const plain = await run(join(folder, 'plain'), [], options);
    expect(plain).toMatchObject({ failed: true, startError: 'EACCES' });
  });

  it('keeps a null exit code beside its signal', async () => {
    const result = await node('process.kill(process.pid, "SIGSEGV"); setTimeout(() => {}, 5000)');
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGSEGV', timedOut: false });
  });

  it('ends at the limit, with every process of it', async () => {
    const script = join(folder, 'hangs');
    await writeFile(
      script,
      `#!/bin/sh\ntrap '' TERM\nsleep 300 &\necho $! > ${folder}/pid\nwait\n`,
    );
    await chmod(script, 0o755);
    const result = await run(script, [], {
      ...options,
      env: { PATH: '/usr/bin:/bin' },
      timeoutMs: 300,
    });
    expect(result).toMatchObject({ timedOut: true, failed: true });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await until('its end', async () => !(await isAlive(pid)), 2_000);
  });

  it('does not wait for what it leaves behind, and ends it', async () => {
    const script = join(folder, 'leaves');
    await writeFile(script, `#!/bin/sh\nsleep 300 &\necho $!\n`);
    await chmod(script, 0o755);
    const result = await run(script, [], { ...options, env: { PATH: '/usr/bin:/bin' } });
    expect(result).toMatchObject({ exitCode: 0, failed: false, timedOut: false });
    await until('its end', async () => !(await isAlive(Number(result.stdout))), 2_000);
  });

  it('is not even started when it is cancelled before', async () => {
    const result = await node('', { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ cancelled: true, exitCode: null });
  });

  it('is ended when it floods', async () => {
    const result = await node('setInterval(() => process.stdout.write("x".repeat(500)), 1)');
    expect(result).toMatchObject({ flooded: true, failed: true });
    expect(result.stdout).toHaveLength(1000);
  });

  it('is ended by its signal', async () => {
    const signal = AbortSignal.timeout(200);
    const result = await node('setTimeout(() => {}, 60_000)', { signal });
    expect(result).toMatchObject({ cancelled: true, failed: true });
  });

  it('starts nothing in an untrusted workspace', async () => {
    const marker = join(folder, 'ran');
    const refused = createRun(untrusted);
    await expect(refused('/usr/bin/touch', [marker], options)).rejects.toMatchObject({
      code: 'untrusted',
    });
    await expect(readFile(marker)).rejects.toThrow();
  });

  it.each(['python.BAT', 'python.cmd . '])('refuses %j, a script of Windows', async (name) => {
    const script = join(folder, name);
    await writeFile(script, '#!/bin/sh\n');
    await chmod(script, 0o755);
    expect(await run(script, [], options)).toMatchObject({ failed: true, startError: 'EINVAL' });
  });

  it.each(['', '-c', '--version', 'a\0b'])('refuses %j as a program', async (name) => {
    expect(await run(name, [], options)).toMatchObject({ failed: true, startError: 'EINVAL' });
  });
});

/** A zombie without a reaper counts as gone. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
}
