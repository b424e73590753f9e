/** Serve against `bentoml serve`, in pairs in one run: time to all ready, memory when ready, time to stop. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import type * as StageModule from '../support/stage.ts';
import { importBundled } from './import-bundled.mts';

interface Measure {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly stopMs: number;
}

interface Subject {
  readonly name: string;
  readonly environment: EnvironmentName;
  readonly sample: string;
  readonly reference: string;
  readonly settings?: object;
}

const subjects: readonly Subject[] = [
  {
    name: 'class services, 1.4.38',
    environment: 'bentoml-1.4',
    sample: 'samples/search',
    reference: 'service:Search',
  },
  {
    name: 'class services, 1.4.38, forked',
    environment: 'bentoml-1.4',
    sample: 'samples/search',
    reference: 'service:Search',
    settings: { warmUp: 'onServe' },
  },
  {
    name: 'legacy, 1.4.38',
    environment: 'bentoml-1.4',
    sample: 'samples/shout',
    reference: 'service:svc',
  },
  {
    name: 'legacy, 1.1.11',
    environment: 'bentoml-1.1',
    sample: 'samples/shout',
    reference: 'service:svc',
  },
];

const rounds = Number(process.argv[2] ?? 5);
const { setStage } = (await importBundled('test/support/stage.ts')) as typeof StageModule;
const pythons = await ensureEnvironments();
const results: Record<string, unknown> = {};

console.log(`medians of ${rounds} rounds, in turn; ratio to \`bentoml serve\` of the same round\n`);
for (const subject of subjects) {
  const python = pythons[subject.environment];
  const rows: { theirs: Measure; cold: Measure; again: Measure }[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await bentomlServe(python, subject);
    const [cold, again] = await ours(python, subject);
    rows.push({ theirs, cold, again });
  }
  results[subject.name] = rows;
  for (const what of ['readyMs', 'memoryMb', 'stopMs'] as const) {
    const theirs = median(rows.map((row) => row.theirs[what]));
    const shown = (['cold', 'again'] as const).map((kind) => {
      const value = median(rows.map((row) => row[kind][what]));
      const ratio = median(rows.map((row) => row[kind][what] / row.theirs[what]));
      return `${kind} ${Math.round(value)} (${ratio.toFixed(2)})`;
    });
    console.log(
      `${subject.name}, ${what}: bentoml serve ${Math.round(theirs)}, ${shown.join(', ')}`,
    );
  }
}
await mkdir(path.join(projectRoot, 'out/bench'), { recursive: true });
await writeFile(path.join(projectRoot, 'out/bench/serve.json'), JSON.stringify(results, null, 2));

/** The first serve of a window, and the second, which has the plan already. */
async function ours(python: string, subject: Subject): Promise<readonly [Measure, Measure]> {
  const settings = { ...subject.settings, http: { apiWorkers: 1 } };
  const stage = setStage({ python, ...subject, settings, warmIdleMs: 60_000 });
  const id = stage.registry.bentos[0]?.id ?? '';
  const measure = async (): Promise<Measure> => {
    const from = performance.now();
    await stage.registry.serve(id);
    const readyMs = performance.now() - from;
    const memoryMb = memoryOf(stage.mark);
    const stopFrom = performance.now();
    await stage.registry.stop(id);
    return { readyMs, memoryMb, stopMs: performance.now() - stopFrom };
  };
  try {
    return [await measure(), await measure()];
  } finally {
    await stage.dispose();
  }
}

async function bentomlServe(python: string, subject: Subject): Promise<Measure> {
  const port = await freePort();
  const mark = `SERVE_BENTO_BENCH=${String(port)}`;
  const home = path.join(projectRoot, 'out/bench/home');
  const from = performance.now();
  const child = spawn(
    python,
    // prettier-ignore
    ['-m', 'bentoml', 'serve', subject.reference, '--host', '127.0.0.1', '--port', String(port), '--api-workers', '1'],
    {
      cwd: path.join(projectRoot, subject.sample),
      stdio: 'ignore',
      env: {
        ...process.env,
        SERVE_BENTO_BENCH: String(port),
        BENTOML_DO_NOT_TRACK: 'True',
        BENTOML_HOME: home,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while (!(await isReady(port))) await pause(10);
  const readyMs = performance.now() - from;
  const memoryMb = memoryOf(mark);
  const stopFrom = performance.now();
  child.kill('SIGTERM');
  await ended;
  while (processes(mark).length > 0) await pause(10);
  const stopMs = performance.now() - stopFrom;
  rmSync(home, { recursive: true, force: true });
  return { readyMs, memoryMb, stopMs };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const limit = AbortSignal.timeout(2000);
    return (await fetch(`http://127.0.0.1:${String(port)}/readyz`, { signal: limit })).ok;
  } catch {
    return false;
  }
}

function processes(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}

/** Proportional set size of all processes with the mark: shared pages count once. */
function memoryOf(mark: string): number {
  const kilobytes = processes(mark).map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
