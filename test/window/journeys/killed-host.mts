import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askShout } from '../support/sample-requests.ts';
import { addressOf, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/shout',
  settings: { 'serveBento.grpc.enabled': true },
};

const components = ['http', 'grpc', 'count', 'upper'];

/** Nothing outlives an extension host that is killed; the next one serves the bento again. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'shout');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  const address = await addressOf(window, 'http');
  const old = pythonPids(window);
  assert.ok(old.length > components.length);

  window.killExtensionHost();
  await sleep(2_000);
  assert.deepEqual(
    old.filter((pid) => isAlive(pid)),
    [],
    '2 s after the kill',
  );
  await window.screenshot('killed');
  await window.until('new processes', () => pythonPids(window).length > components.length, 30_000);
  await untilReady(window, components);
  assert.equal(await addressOf(window, 'http'), address);
  await askShout(`http://${address}`);
  await window.screenshot('served-again');
};

export default journey;
