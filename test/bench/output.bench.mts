/**
 * A process that writes 50 MB/s for 10 s, through the real helper, into its log file and a terminal: what is missing,
 * how long the event loop is held, how much memory it takes. Fails when a line is missing.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setInterval as every } from 'node:timers';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type * as OutputPath from '../support/output-path.ts';
import { atLeast, atMost, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';

const { ComponentLog, Helper, PacedWriter, systemClock, temporaryRuns } = (await importBundled(
  'test/support/output-path.ts',
)) as typeof OutputPath;

const seconds = 10;
const megabytesPerSecond = 50;
const blockLines = 600;
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: console.log, error: console.log };
const python = (await ensureEnvironments())['bentoml-1.4'];

/** Blocks of numbered lines, at a steady rate; prints what it wrote and how long that took on standard error. */
const writer = (coloured: boolean): string => `
import os, sys, time
start = ${coloured ? 'b"\\x1b[32mINFO\\x1b[0m "' : 'b""'}
template = b"".join(start + b"line @@@@@@@@-%03d " % n + b"x" * 80 + b"\\n" for n in range(${blockLines}))
rate, begin, written, block = ${megabytesPerSecond}e6, time.monotonic(), 0, 0
while time.monotonic() - begin < ${seconds}:
    data = memoryview(template.replace(b"@@@@@@@@", b"%08d" % block))
    block += 1
    written += len(data)
    while data:
        data = data[os.write(1, data):]
    ahead = written / rate - (time.monotonic() - begin)
    if ahead > 0.002:
        time.sleep(ahead)
print("wrote", block, written, time.monotonic() - begin, file=sys.stderr)
`;

export async function figures(): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const coloured of [false, true]) {
    const folder = await mkdtemp(path.join(tmpdir(), 'output-bench-'));
    try {
      found.push(...(await measure(folder, coloured)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return found;
}

/** @throws Error when a line is missing. */
async function measure(folder: string, coloured: boolean): Promise<readonly Figure[]> {
  const env = { PATH: process.env['PATH'] ?? '' };
  const helper = await Helper.start({
    clock: systemClock,
    python,
    scripts: path.join(projectRoot, 'src/python'),
    env,
    assertTrusted: quiet,
    log,
    directory: path.join(folder, 'run'),
    runs: temporaryRuns(folder),
    cancel: new AbortController().signal,
  });
  const component = new ComponentLog({
    clock: systemClock,
    path: path.join(folder, 'logs/http.log'),
    // All pieces are kept, to be counted.
    maxBytes: 100_000_000,
    pieces: 100,
  });
  let shown = 0;
  const l10n = {
    t: (text: string, ...values: unknown[]) => text.replace('{0}', String(values[0])),
  };
  const terminal = new PacedWriter(
    component.output,
    (text) => (shown += text.length),
    systemClock,
    l10n,
  );
  let said = '';
  let holds = 0;
  helper.onOutput(({ process: name, stream, text }) => {
    if (stream === 'stderr') said += text;
    const drained = component.write(text, name, stream);
    if (drained === undefined) return;
    holds += 1;
    helper.hold(drained);
  });

  const memory = watchMemory();
  const loop = watchLoop();
  const child = await helper.spawn({
    process: 'http#1',
    group: 'http',
    argv: [python, '-c', writer(coloured)],
    env,
    cwd: folder,
    fds: [],
    deathSignal: 'SIGKILL',
  });
  await child.exited;
  await component.flushed();
  const held = loop.stop();
  const grown = memory.stop();
  terminal.dispose();
  await helper.end();

  const [, blocks = NaN, bytes = NaN, took = NaN] = said.split(' ').map(Number);
  const { lines, inOrder, pieces } = await countLines(path.join(folder, 'logs'));
  const written = blocks * blockLines;
  const kind = coloured ? 'coloured' : 'plain';
  if (written === 0 || lines !== written || !inOrder) {
    throw new Error(
      `${kind}: of ${written} lines ${lines} were found${inOrder ? '' : ', out of order'}`,
    );
  }
  const of = (what: string): string => `${kind} output, ${what}`;
  const details = `${lines} lines in ${pieces} files, ${holds} pieces held back, ${(shown / 1e6).toFixed(1)} MB shown`;
  return [
    {
      what: of('taken in'),
      value: bytes / took / 1e6,
      unit: 'MB/s',
      goal: atLeast(megabytesPerSecond * 0.99),
      ours: details,
    },
    { what: of('event loop held at most'), value: held, unit: 'ms', goal: atMost(100) },
    { what: of('memory grew by'), value: grown.rss, unit: 'MB' },
    { what: of('of it heap and buffers'), value: grown.heap, unit: 'MB' },
  ];
}

/** Reads all pieces, oldest first. */
async function countLines(
  folder: string,
): Promise<{ lines: number; inOrder: boolean; pieces: number }> {
  const number = (name: string): number => Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0);
  const names = (await readdir(folder)).sort((a, b) => number(b) - number(a));
  let lines = 0;
  let inOrder = true;
  for (const name of names) {
    for await (const line of createInterface({
      input: createReadStream(path.join(folder, name)),
    })) {
      const found = /^.{23} \[http#1 stdout\] (?:INFO )?line (\d{8})-(\d{3}) x{80}$/.exec(line);
      if (found === null) continue;
      inOrder &&= Number(found[1]) * blockLines + Number(found[2]) === lines;
      lines += 1;
    }
  }
  return { lines, inOrder, pieces: names.length };
}

function watchMemory(): { stop(): { rss: number; heap: number } } {
  const now = (): { rss: number; heap: number } => {
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed + external };
  };
  const before = now();
  const most = { ...before };
  const timer = every(() => {
    const { rss, heap } = now();
    most.rss = Math.max(most.rss, rss);
    most.heap = Math.max(most.heap, heap);
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return { rss: (most.rss - before.rss) / 1e6, heap: (most.heap - before.heap) / 1e6 };
    },
  };
}

/** The longest time between two turns of a timer, beyond what it was set to. */
function watchLoop(): { stop(): number } {
  let last = performance.now();
  let longest = 0;
  const timer = every(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return longest;
    },
  };
}
