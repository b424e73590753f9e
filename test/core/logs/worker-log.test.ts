import { expect, it } from 'vitest';
import { WorkerLog, type OutputRequest } from '../../../src/core/logs/worker-log';
import { problemTexts, say, textOf } from '../../../src/core/messages/message';
import type { ComponentWorker } from '../../../src/core/model';
import { ServeError } from '../../../src/core/problem';
import { untilAborted } from '../../../src/core/until-aborted';
import { ManualClock } from '../../support/manual-clock';
import { settle } from '../../support/settle';

interface Request extends OutputRequest {
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** The log of one worker, whose engine a test plays. */
class Followed {
  readonly clock = new ManualClock();
  readonly requests: Request[] = [];
  worker: ComponentWorker | undefined = {
    ...{ name: 'search-http-1', state: 'ready', restarts: 0, startedAt: 1_000 },
  };
  readonly log: WorkerLog;
  isOver = false;

  constructor(previous = false) {
    this.log = new WorkerLog({
      ...{ clock: this.clock, previous, text: textOf },
      worker: () => this.worker,
      follow: async (request) => {
        const { promise, resolve, reject } = Promise.withResolvers<undefined>();
        this.requests.push({ ...request, end: () => resolve(undefined), fail: reject });
        await untilAborted(request.signal, promise);
      },
    });
    void this.log.start().then(() => (this.isOver = true));
  }

  get newest(): Request {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error('nothing was requested');
    return last;
  }

  get ranges(): readonly unknown[] {
    return this.requests.map(({ tail, since }) => [tail, since]);
  }

  get text(): string {
    return this.log.output.text().replaceAll(/\u001b\[\d*m/g, '');
  }
}

it('shows the output of its worker, made safe for a terminal', () => {
  const { log, newest, text: _, ...followed } = new Followed();
  newest.onOutput('one\ntwo \u001b]52;c;aGk=\u0007');
  newest.onOutput('three\n');
  expect(log.output.text()).toBe('one\r\ntwo three\r\n');
  expect(followed.requests).toHaveLength(1);
});

it('continues after a lost connection without repeating lines, and after a restart from its start', async () => {
  const followed = new Followed();
  followed.newest.end();
  await followed.clock.pass(20_000);
  followed.newest.end();
  followed.worker = {
    ...{ name: 'search-http-1', state: 'starting', restarts: 1, startedAt: 5_000 },
  };
  await followed.clock.pass(20_000);
  expect(followed.ranges).toEqual([
    [1_000, undefined],
    [0, undefined],
    [1_000, 5_000],
  ]);
});

it('waits without a program while its worker does not run', async () => {
  const followed = new Followed();
  followed.newest.end();
  followed.worker = { name: 'search-http-1', state: 'failed', restarts: 0 };
  await followed.clock.pass(60_000);
  expect(followed.requests).toHaveLength(1);
  expect(followed.isOver).toBe(false);
});

it('says once why there is no output, and tries again', async () => {
  const followed = new Followed();
  const error = (): ServeError =>
    new ServeError({ code: 'engine-failed', ...problemTexts(say('engineNoReason')) });
  followed.newest.fail(error());
  await followed.clock.pass(3_000);
  followed.newest.fail(error());
  await followed.clock.pass(9_000);
  expect(followed.requests.length).toBeGreaterThan(2);
  expect(followed.text).toBe('▸ it gave no reason\r\n');
  followed.newest.onOutput('up\n');
  expect(followed.text).toBe('▸ it gave no reason\r\nup\r\n');
});

it('does not repeat lines after the program that printed them has failed', async () => {
  const followed = new Followed();
  followed.newest.onOutput('one\n');
  followed.newest.fail(new Error('lost'));
  await followed.clock.pass(3_000);
  expect(followed.ranges).toEqual([
    [1_000, undefined],
    [0, undefined],
  ]);
});

it('says when its worker is gone, and ends', async () => {
  const followed = new Followed();
  followed.newest.onOutput('the last');
  followed.worker = undefined;
  followed.newest.fail(new Error('gone'));
  await followed.clock.pass(10_000);
  expect(followed.text).toBe('the last\r\n▸ The container or pod no longer exists.\r\n');
  expect(followed.isOver).toBe(true);
  expect(followed.clock.waiting).toBe(0);
});

it('ends a program that waits for the output of a worker that is gone, after its last lines', async () => {
  const followed = new Followed();
  const { newest } = followed;
  followed.worker = undefined;
  await followed.clock.pass(1_500);
  newest.onOutput('the last\n');
  expect(newest.signal.aborted).toBe(false);
  await followed.clock.pass(10_000);
  expect(newest.signal.aborted).toBe(true);
  expect(followed.text).toBe('the last\r\n▸ The container or pod no longer exists.\r\n');
  expect(followed.isOver).toBe(true);
  expect(followed.clock.waiting).toBe(0);
});

it('ends its program when it is stopped or closed', async () => {
  const stopped = new Followed();
  stopped.log.stop();
  stopped.log.stop();
  await settle();
  expect(stopped.newest.signal.aborted).toBe(true);
  expect(stopped.text).toBe('▸ The output is no longer followed.\r\n');
  expect(stopped.isOver).toBe(true);
  const closed = new Followed();
  closed.log.dispose();
  await settle();
  expect(closed.newest.signal.aborted).toBe(true);
  expect(closed.isOver).toBe(true);
});

it('prints the log of the previous container once', async () => {
  const followed = new Followed(true);
  expect(followed.newest.previous).toBe(true);
  followed.newest.onOutput('Traceback\n');
  followed.newest.end();
  await settle();
  expect(followed.isOver).toBe(true);
  expect(followed.requests).toHaveLength(1);
  expect(followed.text).toBe(
    'Traceback\r\n▸ This is the end of the log of the previous container.\r\n',
  );
});

it('keeps a bounded amount of output', () => {
  const followed = new Followed();
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 5_000; count++) followed.newest.onOutput(line);
  expect(followed.log.output.text().length).toBeLessThan(1_100_000);
});
