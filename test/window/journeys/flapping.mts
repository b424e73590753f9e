import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { componentStates, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search', long: true };

const components = ['http', 'Embedder', 'Ranker'];

/** What crashes again and again is told of twice: at its first crash, and when it is given up. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);

  for (let crash = 1; crash <= 6; crash++) {
    process.kill(embedder(window), 'SIGKILL');
    if (crash === 1) {
      await window.until('the first message', async () =>
        (await window.notifications.messages()).some((text) => /restarted/.test(text)),
      );
      await window.screenshot('first-crash');
    }
    if (crash < 6) {
      await window.until('the crash', async () =>
        /restarting/.test((await componentStates(window))['Embedder'] ?? ''),
      );
      await untilReady(window, components);
    }
  }
  await window.until(
    'that it is given up',
    async () => (await componentStates(window))['Embedder'] === 'failed',
  );
  await window.until('the last message', async () =>
    (await window.notifications.messages()).some((text) =>
      /will not be restarted again/.test(text),
    ),
  );
  assert.ok((await window.notifications.buttons()).includes('Serve Again'));
  await window.screenshot('given-up');
  const told = window.extensionLog().match(/\[(?:warning|error)\] Search: .*/g) ?? [];
  assert.equal(told.length, 2, told.join('\n'));
  assert.match(told[0], /killed by SIGKILL .*It is being restarted\./);
  assert.match(told[1] ?? '', /killed by SIGKILL .*It will not be restarted again\./);

  await window.notifications.answer('Serve Again');
  await untilReady(window, components);
};

function embedder(window: VsCodeWindow): number {
  const worker = window
    .processes()
    .find(({ command }) => /worker.*--service-name Embedder/.test(command));
  assert.ok(worker, 'no worker of Embedder');
  return worker.pid;
}

export default journey;
