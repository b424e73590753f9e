import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import {
  askSearch,
  bentoOf,
  componentOf,
  firstPid,
  parentOf,
  place,
  quickHealth,
  recordStates,
  seconds,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const hostFaults: readonly Fault[] = [
  {
    number: 68,
    fault: 'the window is reloaded',
    expected: 'nothing left within 5 s; served again on the same port, unless the setting says no',
    on: 'window',
    journey: 'reload',
  },
  {
    number: 69,
    fault: 'the extension host is killed',
    expected: 'nothing left within 2 s; served again by the next one',
    on: 'window',
    journey: 'killed-host',
  },
  {
    number: 69,
    fault: 'the helper is killed',
    expected: 'nothing left within 2 s; failed with the reason; can be served again',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      await scene.serve(id);
      const from = performance.now();
      process.kill(parentOf(firstPid(scene, id, 'http')), 'SIGKILL');
      await until('the end', () => scene.serving().length === 0 || undefined, 2000);
      const took = performance.now() - from;
      const problem = await until('the word', () => {
        const bento = bentoOf(scene, id);
        return bento.state === 'failed' ? bento.problem : undefined;
      });
      assert.match(problem.message, /SIGKILL/);
      assert.equal((await scene.serve(id)).state, 'ready');
      return `nothing left after ${seconds(took)}: ${problem.message}`;
    },
  },
  {
    number: 70,
    fault: 'the extension is disabled or updated while it serves',
    expected: 'nothing left within 5 s',
    on: 'elsewhere',
    why: 'VS Code ends the extension host for it, as for a reload',
  },
  {
    number: 71,
    fault: 'two windows have one folder',
    expected: 'each serves on a port of its own; closing one leaves the other',
    on: 'window',
    journey: 'two-windows',
  },
  {
    number: 72,
    fault: 'the connection to the remote machine is lost for 10 minutes',
    expected: 'all goes on; the state is right when it is back',
    on: 'elsewhere',
    why: 'needs a network that can be cut',
  },
  {
    number: 73,
    fault: 'a terminal is closed by its user',
    expected: 'the component goes on; "Show Terminal" brings it back with its history',
    on: 'window',
    journey: 'serve-shout',
  },
  {
    number: 74,
    fault: '10,000 lines before a terminal is opened',
    expected: 'shown from the history',
    on: 'window',
    journey: 'serve-shout',
  },
  {
    number: 75,
    fault: '200 bentos in the tree',
    expected: 'shown within 200 ms, each row on its own',
    on: 'elsewhere',
    why: 'a measurement: npm run bench',
  },
  {
    number: 76,
    fault: 'another extension blocks the extension host',
    expected: 'no false alarm: a round of questions that came late is no proof',
    on: 'core',
    run: async (scene) => {
      await scene.settings(quickHealth);
      const id = await place(scene, 'search');
      const bento = await scene.serve(id);
      const record = recordStates(scene, id, 'http');
      const blocked = 8;
      // As a program of somebody else would: nothing of ours gets its turn.
      execFileSync('sleep', [String(blocked)]);
      await askSearch(urlOf(bento));
      const seen = componentOf(bentoOf(scene, id), 'http').latencyMs;
      await until('the next answer', () => {
        const now = componentOf(bentoOf(scene, id), 'http').latencyMs;
        return (now !== undefined && now !== seen) || undefined;
      });
      record.end();
      assert.ok(!record.seen.includes('unhealthy'), record.seen.join());
      return `ready all the while, blocked for ${blocked} s`;
    },
  },
  {
    number: 77,
    fault: 'a proxy is set that does not work',
    expected: 'ready: probes and runners are asked directly',
    on: 'core',
    run: async (scene) => {
      const proxy = 'http://127.0.0.1:9';
      const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'grpc_proxy', 'no_proxy'];
      const before = names.map((name) => [name, process.env[name]] as const);
      for (const name of names) process.env[name] = name === 'no_proxy' ? '.corp' : proxy;
      try {
        const id = await place(scene, 'search');
        const bento = await scene.serve(id);
        assert.equal(bento.state, 'ready');
        await askSearch(urlOf(bento));
        await scene.stop(id);
        // Their client obeys these variables, also over Unix sockets.
        const runners = await place(scene, 'shout');
        assert.equal((await scene.serve(runners)).state, 'ready');
        return `ready with HTTP_PROXY=${proxy}`;
      } finally {
        for (const [name, value] of before) {
          if (value === undefined) Reflect.deleteProperty(process.env, name);
          else process.env[name] = value;
        }
      }
    },
  },
];
