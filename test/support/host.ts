import path from 'node:path';
import { systemClock } from '../../src/core/clock';
import { orphanTracking } from '../../src/core/orphans/orphans';
import { runOnRecord } from '../../src/core/orphans/run-on-record';
import { createRun } from '../../src/core/programs/run';
import { quietLog } from './quiet-log';
import { createHarness, type HarnessOptions } from './harness';

/** What a host does: serves a bento, or runs a short program that hangs. */
export type HostTask =
  | { readonly serve: HarnessOptions; readonly id: string }
  | { readonly run: string; readonly runFiles: string };

export type HostMessage =
  | { readonly said: 'staged'; readonly folder: string; readonly mark: string }
  | { readonly said: 'ready' }
  | { readonly said: 'stopped' }
  | { readonly said: 'failed'; readonly message: string };

const say = (message: HostMessage): void =>
  void process.stdout.write(`${JSON.stringify(message)}\n`);

async function serve({ serve: options, id }: Extract<HostTask, { id: string }>): Promise<void> {
  const { registry, folder, mark } = createHarness(options);
  say({ said: 'staged', folder, mark });
  process.stdin.setEncoding('utf8').on('data', (wish: string) => {
    if (wish === 'end\n') void registry.stopAll();
    else void registry.stop(id).then(() => say({ said: 'stopped' }));
  });
  await registry.serve(id);
  say({ said: 'ready' });
}

async function run({ run: program, runFiles }: Extract<HostTask, { run: string }>): Promise<void> {
  const assertTrusted = (): void => undefined;
  const log = quietLog();
  const { runs } = orphanTracking({
    folder: runFiles,
    platform: process.platform,
    assertTrusted,
    log,
    clock: systemClock,
  });
  const options = { cwd: path.dirname(program), env: {}, timeoutMs: 60_000, maxBytes: 1000 };
  await runOnRecord(createRun(assertTrusted), runs)(program, [], options);
}

const task = JSON.parse(process.argv[2] ?? '') as HostTask;
('run' in task ? run(task) : serve(task)).catch((error: unknown) =>
  say({ said: 'failed', message: String(error) }),
);
// As an extension host, it lives until it is ended.
setInterval(() => undefined, 60_000);
