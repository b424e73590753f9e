import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { runReadmeClient, sendReadmeRequest } from '../support/readme-examples.ts';
import { askShout } from '../support/sample-requests.ts';
import {
  addressOf,
  componentStates,
  pythonProcesses,
  untilFound,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/shout',
  long: true,
  settings: { 'serveBento.grpc.enabled': true },
};

const components = ['http', 'grpc', 'upper', 'count'];

/** A legacy service: runners, HTTP and gRPC, and terminals that come and go without their components. */
const journey: Journey = async (_page, window, { environments }) => {
  await untilFound(window, 'shout');
  await window.command('BentoML: Serve Bento');
  await window.screenshot('starting');
  await untilReady(window, components);
  await window.screenshot('ready');
  const url = `http://${await addressOf(window, 'http')}`;
  await sendReadmeRequest('shout', url);
  await runReadmeClient(await addressOf(window, 'grpc'), environments['bentoml-1.4']);

  await window.tree.clickInlineAction('upper', 'Show Terminal');
  await window.until('the life of the runner', async () =>
    /ready after \d/.test(await window.terminal.text()),
  );
  await window.screenshot('terminals');
  const names = await window.terminal.names();
  assert.equal(names.length, components.length, names.join());

  await window.command('Terminal: Kill the Active Terminal Instance');
  await window.until('one terminal less', async () => {
    return (await window.terminal.names()).length === components.length - 1;
  });
  assert.equal((await componentStates(window))['upper'], 'ready', 'it runs without its terminal');
  await askShout(url);
  await window.tree.clickInlineAction('upper', 'Show Terminal');
  await window.until('the history', async () => {
    const text = await window.terminal.text();
    return /ready after \d/.test(text) && (await window.terminal.names()).length === 4;
  });
  await window.screenshot('terminal-again');

  assert.ok(pythonProcesses(window).length > components.length);
  await window.command('BentoML: Stop Bento');
  await untilNothingRuns(window);
  await assert.rejects(askShout(url));
};

export default journey;
