import fc from 'fast-check';
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HelperFrames } from '../../src/core/target/local/helper/helper-frames';
import { helperMessage } from '../../src/core/target/local/helper/helper-messages';
import { cut, json, textOf } from '../support/hostile';
import { processesWith } from '../support/processes';
import { checkAsync } from '../support/properties';
import { until } from '../support/until';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const helper = path.resolve('src/python/helper');
const last = 1_000_000;

/** Programs that do no harm, and what cannot be started. */
const argv = fc.constantFrom<unknown>(
  [python, '-c', 'import time; time.sleep(60)'],
  [python, '-c', 'import os\nfor _ in range(3): os.fork()\nprint("x" * 100, flush=True)'],
  [python, '-c', 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)'],
  ...[['/no/such/program'], [], [''], ['\0'], [5], 'text', null, {}],
);
const wrong = fc.oneof(json, fc.constantFrom(-1, 70_000, 1e999, 0.5, '\0', '', [], {}));
const some = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: wrong });
const name = some(fc.constantFrom('a', 'b'));

function commands(folder: string): fc.Arbitrary<object> {
  const command = (does: string, members: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(
      { do: fc.constant(does), id: some(fc.nat(99)), ...members },
      { requiredKeys: ['do'] },
    );
  return fc.oneof(
    // Only what is in the folder of the test is ever removed.
    command('init', {
      eofGrace: some(fc.constantFrom(0, 0.1)),
      cleanup: fc.constantFrom<unknown>([path.join(folder, 'x')], ['x'], [5], null, 5, {}),
    }),
    command('bind', {
      lease: name,
      host: fc.constantFrom<unknown>('127.0.0.1', '::1', '', '\0', 5, null, []),
      port: some(fc.constant(0)),
      backlog: some(fc.constant(5)),
      listen: some(fc.boolean()),
    }),
    command('bind', {
      lease: name,
      path: fc.constantFrom<unknown>(path.join(folder, 's'), '/no/such/s', '\0', 5, [], {}),
    }),
    command('spawn', {
      process: name,
      group: name,
      argv,
      env: some(fc.constant({ A: '1' })),
      cwd: some(fc.constant(folder)),
      fds: some(fc.constant([])),
      deathSignal: some(fc.constantFrom('SIGKILL', 'SIGTERM')),
      arbiter: some(fc.boolean()),
    }),
    ...['release', 'terminate', 'kill', 'listens', 'init2', '__class__'].map((does) =>
      command(does, { lease: name, group: name, port: some(fc.constant(1)) }),
    ),
    fc.record({ do: wrong, id: wrong, self: wrong }, { requiredKeys: [] }),
  );
}

const rubbish = fc.oneof(
  textOf(['{', '}', '[', '"do"', ':', '"init"', ',', '\\', '\r', '\0', '1e999', 'NaN'], 12),
  json.map((value) => JSON.stringify(value)),
  fc.constantFrom('['.repeat(100_000), '9'.repeat(10_000), `"${'x'.repeat(200_000)}"`, ' '),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

describe('the helper, told anything', () => {
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'helper-property-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** One that is told these lines, then a last command, then nothing more. */
  async function tell(said: Buffer, places: readonly number[]): Promise<readonly object[]> {
    const mark = `property-${process.pid}-${++count}`;
    const child = spawn(python, ['-I', '-S', '-B', helper], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', SERVE_BENTO_MARK: mark },
    });
    const ended = once(child, 'exit');
    try {
      const { answers, nonsense } = answersOf(child);
      const whole = `${said.toString('latin1')}\n${JSON.stringify({ do: 'init', id: last })}\n`;
      for (const piece of cut(whole, places)) child.stdin.write(Buffer.from(piece, 'latin1'));
      await until('the last answer', () => answers.some(({ re }) => re === last), 30_000);
      expect(nonsense).toEqual([]);
      child.stdin.end();
      expect(await ended).toEqual([0, null]);
      await until('nothing left', () => processesWith(mark).length === 0, 5_000);
      return answers;
    } finally {
      child.kill('SIGKILL');
      for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
    }
  }

  it('answers every command, stays, and leaves nothing at its end', async () => {
    const property = fc.asyncProperty(
      fc.array(commands(folder), { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      async (said, places) => {
        const lines = said.map((command, id) => JSON.stringify({ ...command, id }));
        const answers = await tell(Buffer.from(lines.join('\n')), places);
        const numbers = answers.flatMap((answer) => ('re' in answer ? [answer.re] : []));
        expect(numbers).toEqual([...said.keys(), last]);
      },
    );
    await checkAsync(property, 40);
  });

  it.each(['[]', '5', 'null', 'x', '{"do": {}}', '{"do": []}', '\xff', '['.repeat(200_000)])(
    'answers %.20s with a refusal',
    async (line) => {
      expect(await tell(Buffer.from(line, 'latin1'), [])).toMatchObject([
        { re: null, ok: false },
        { re: last, ok: true },
      ]);
    },
  );

  it('reads a line of any length in time in proportion to it', async () => {
    const from = performance.now();
    await tell(Buffer.from(`"${'x'.repeat(40_000_000)}"`), []);
    expect(performance.now() - from).toBeLessThan(20_000);
  });

  it.each([
    { eofGrace: 1e9 },
    { eofGrace: 'x' },
    { eofGrace: null },
    { cleanup: ['x'] },
    { cleanup: 5 },
  ])('does not begin with %j, and still ends', async (members) => {
    const said = Buffer.from(JSON.stringify({ do: 'init', id: 1, ...members }));
    expect(await tell(said, [])).toMatchObject([{ re: 1, ok: false }, { re: last }]);
  });

  it('stays whatever bytes it reads', async () => {
    const lines = fc.array(
      fc.oneof(
        rubbish,
        commands(folder).map((one) => JSON.stringify(one)),
      ),
      {
        maxLength: 30,
      },
    );
    const property = fc.asyncProperty(
      lines,
      fc.array(fc.nat(), { maxLength: 8 }),
      async (said, places) => {
        await tell(Buffer.from(said.join('\n'), 'latin1'), places);
      },
    );
    await checkAsync(property, 40);
  });
});

function answersOf(child: ChildProcessWithoutNullStreams): {
  readonly answers: { re?: unknown }[];
  readonly nonsense: string[];
} {
  const answers: { re?: unknown }[] = [];
  const nonsense: string[] = [];
  const frames: HelperFrames = new HelperFrames({
    onLine: (line) => {
      const message = JSON.parse(line) as { re?: unknown; event?: unknown };
      answers.push(message);
      const parsed = helperMessage.safeParse(message);
      // What it was told is what it repeats: names that are none, and no number where there was none.
      const said = parsed.data;
      if (said !== undefined && !('re' in said) && said.event === 'output') {
        frames.expect(said);
      } else if (!parsed.success && message.re !== null && message.event === undefined) {
        nonsense.push(line);
      }
    },
    onOutput: () => undefined,
  });
  child.stdout.on('data', (bytes: Buffer) => frames.feed(bytes));
  child.stderr.resume();
  return { answers, nonsense };
}
