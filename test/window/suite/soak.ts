import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { SoakRun } from '../../soak/soak-run';
import { activatedApi } from '../support/extension-api';
import { ownProcesses, windowPorts } from '../support/window-processes';

const seed = Number(process.env['SERVE_BENTO_SOAK_SEED']);
const minutes = Number(process.env['SERVE_BENTO_SOAK_MINUTES']);
const resultFile = process.env['SERVE_BENTO_SOAK_RESULT'];

/** Of the extension host, from the first quarter to the last. */
const mostHeapGrowth = 40e6;
const mostRssGrowth = 100e6;

describe(`both samples, ${minutes} min of faults from the seed ${seed}`, function () {
  this.timeout((minutes + 4) * 60_000);

  it('recover from each, answer in between, and leave nothing', async () => {
    const before = windowPorts();
    const run = new SoakRun(await activatedApi(), seed, minutes * 60_000);
    const result = await run.run();
    await vscode.commands.executeCommand('serveBento.stopAll');
    const left = {
      processes: ownProcesses().length,
      ports: windowPorts().filter((port) => !before.includes(port)).length,
    };
    console.log(run.report({ ...result, left }));
    if (resultFile !== undefined) {
      writeFileSync(resultFile, JSON.stringify({ seed, minutes, ...result, left }, undefined, 2));
    }
    assert.deepEqual(result.notRecovered, []);
    assert.deepEqual(result.unexplained, []);
    assert.deepEqual(left, { processes: 0, ports: 0 });
    assert.ok(result.requests > minutes * 60, 'hardly any requests were sent');
    assert.ok(result.growth.heapUsed < mostHeapGrowth, 'the heap of the extension host grows');
    assert.ok(result.growth.rss < mostRssGrowth, 'the memory of the extension host grows');
  });
});
