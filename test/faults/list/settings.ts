import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import {
  askHello,
  askSearch,
  bentoOf,
  componentOf,
  freePort,
  pidsOf,
  place,
  placeService,
  refusal,
  refused,
  untilFound,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const settingFaults: readonly Fault[] = [
  {
    number: 25,
    fault: 'settings.json cannot be parsed',
    expected: 'no crash: what can be read of it, or was read last, is in force',
    on: 'window',
    run: async (scene) => {
      const id = await placeService(scene);
      const port = await freePort();
      await scene.settings({ 'http.port': port });
      scene.write('.vscode/settings.json', `{ "serveBento.http.port": ${port}, "serveBento.`);
      try {
        await untilFound(scene, id);
        const bento = await scene.serve(id);
        await askHello(urlOf(bento));
        assert.equal(componentOf(bento, 'http').port, port);
        return `served on the port of the settings, ${port}`;
      } finally {
        scene.write('.vscode/settings.json', `{ "serveBento.http.port": ${port} }`);
      }
    },
  },
  {
    number: 26,
    fault: 'ports -1, 70000, 3000.5 and "3000; x", and an entry of bentos that is null',
    expected:
      'one message for each, naming the setting and its value, and none on the row of another bento; the rest works',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      const said: string[] = [];
      for (const port of [-1, 70_000, 3000.5, '3000; x']) {
        await scene.settings({ 'http.port': port });
        said.push(await problemNaming(scene, id, 'serveBento.http.port', String(port)));
      }
      await scene.settings({ 'http.port': undefined, bentos: [null], stopGracePeriod: 1 });
      await noProblemOf(scene, id);
      const bento = await scene.serve(id);
      await askHello(urlOf(bento));
      return `${said[0] ?? ''} (and ${said.length - 1} more), served nevertheless`;
    },
  },
  {
    number: 27,
    fault: 'port 80, and the user is not an administrator',
    expected: 'failed: "choose one above 1023"',
    on: 'elsewhere',
    why: 'needs a user who may not bind it; test/real/causes.test.ts does it for such users',
  },
  ...['::1', '[::1]'].map((host): Fault => ({
    number: 28,
    fault: `the host is ${host}`,
    expected: 'ready, with the URL http://[::1]:…',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      await scene.settings({ 'http.host': host });
      const bento = await scene.serve(id);
      assert.match(urlOf(bento), /^http:\/\/\[::1\]:\d+/);
      await askHello(urlOf(bento));
      return `ready at ${urlOf(bento)}`;
    },
  })),
  {
    number: 29,
    fault: 'the host is a name',
    expected: 'refused, with the address to write; the default is in force',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      await scene.settings({ 'http.host': 'localhost' });
      return problemNaming(scene, id, 'serveBento.http.host', '127.0.0.1 instead of localhost');
    },
  },
  {
    number: 30,
    fault: 'the host is 0.0.0.0',
    expected: 'asked once; a no serves nothing',
    on: 'window',
    journey: 'exposure',
  },
  {
    number: 31,
    fault: 'two entries of bentos with one name',
    // What is told names both: test/core/settings/parse-folder-settings.test.ts.
    expected: 'the second is refused; the first has no problem',
    on: 'core',
    run: async (scene) => {
      await placeService(scene);
      const entry = { bento: 'service:S', name: 'mine' };
      await scene.settings({ bentos: [entry, entry] });
      await scene.refresh();
      assert.deepEqual(
        scene.bentos.map(({ name }) => name),
        ['mine'],
      );
      await noProblemOf(scene, scene.bentos[0]?.id ?? '');
      return 'one row, named mine, without a problem';
    },
  },
  {
    number: 32,
    fault: 'names that are "__proto__", empty, with NUL or turn the direction of writing',
    expected: 'no crash, a message for each, the rest works',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      const names = ['__proto__', '', 'a\0b', '\u202Egnp.exe'];
      await scene.settings({ bentos: names.map((name) => ({ bento: name, name })) });
      const said = bentoOf(scene, id).problem?.message ?? '';
      await scene.settings({
        bentos: undefined,
        runners: JSON.parse('{"__proto__": {"workers": 2}, "": {}}') as unknown,
      });
      assert.equal(Reflect.get({}, 'workers'), undefined, 'the prototype of all objects changed');
      await askHello(urlOf(await scene.serve(id)));
      return `served nevertheless; ${said}`;
    },
  },
  {
    number: 33,
    fault: 'settings change while it is served',
    expected:
      'nothing restarts by itself (the row says "settings changed: restart to apply"); a restart applies them',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const before = await scene.serve(id);
      const port = await freePort();
      await scene.settings({ 'http.port': port, stopGracePeriod: 2 });
      await scene.refresh();
      assert.deepEqual(pidsOf(bentoOf(scene, id)), pidsOf(before));
      assert.equal(componentOf(await scene.restart(id), 'http').port, port);
      return `the same processes, and port ${port} after the restart`;
    },
  },
  {
    number: 33,
    fault: 'a restart is to move it to a port that somebody else has',
    expected: 'refused, naming the port, before anything is stopped: it goes on as before',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      const before = await scene.serve(id);
      const holder = net.createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      try {
        const { port } = holder.address() as net.AddressInfo;
        await scene.settings({ 'http.port': port });
        const { code, message } = await refusal(scene.restart(id));
        assert.equal(code, 'port-in-use');
        assert.match(message, new RegExp(`${port}`));
        const now = bentoOf(scene, id);
        assert.equal(now.state, 'ready');
        assert.deepEqual(pidsOf(now), pidsOf(before));
        await askHello(urlOf(before));
        return message;
      } finally {
        holder.close();
      }
    },
  },
  {
    number: 34,
    fault: 'the interpreter changes while it is served',
    expected: 'nothing restarts by itself; the next start uses the new one',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const before = await scene.serve(id);
      await scene.settings({ pythonPath: scene.pythons['bentoml-1.3'] });
      await scene.refresh();
      assert.deepEqual(pidsOf(bentoOf(scene, id)), pidsOf(before));
      const after = await scene.restart(id);
      assert.match(after.bentomlVersion ?? '', /^1\.3\./);
      await askSearch(urlOf(after));
      return `${before.bentomlVersion ?? ''} until the restart, then ${after.bentomlVersion ?? ''}`;
    },
  },
  {
    number: 35,
    fault: 'values that begin with "-" where a program expects a name',
    expected: 'refused: no option is injected',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      for (const [key, value] of [
        ['http.host', '--reload'],
        ['pythonPath', '-cimport os'],
      ] as const) {
        await scene.settings({ [key]: value });
        await problemNaming(scene, id, `serveBento.${key}`);
        await scene.settings({ [key]: undefined });
      }
      await scene.settings({ bentos: [{ bento: '--help' }] });
      await noProblemOf(scene, id);
      assert.equal(scene.bentos.length, 1);
      return 'each refused, naming the setting; the entry has no row';
    },
  },
  {
    number: 82,
    fault: 'a folder, trusted, sets variables that decide which code runs',
    expected: 'asked once for exactly these values; a no serves nothing',
    on: 'window',
    journey: 'variables',
  },
  {
    number: 82,
    fault: 'the settings of a trusted folder name a program that is no Python',
    expected: 'refused: it does not answer like a Python interpreter',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      await scene.settings({ pythonPath: '/bin/true' });
      return refused(scene, id, 'no-python', '/bin/true', 'does not answer like a Python');
    },
  },
];

/** A bad entry of `bentos` is not shown on the row of another bento. */
async function noProblemOf(scene: Scene, id: string): Promise<void> {
  await scene.refresh();
  assert.equal(bentoOf(scene, id).problem, undefined);
}

/** The problem of the settings that the bento shows. Settings are read when VS Code has told of their change. */
async function problemNaming(
  scene: Scene,
  id: string,
  ...words: readonly string[]
): Promise<string> {
  let said = 'no problem';
  const naming = (): string | undefined => {
    const { problem } = bentoOf(scene, id);
    said = `${problem?.message ?? 'no problem'}\n${problem?.detail ?? ''}`;
    const isNamed = problem?.code === 'settings' && words.every((word) => said.includes(word));
    return isNamed ? problem.message : undefined;
  };
  return until('the problem', naming, 5_000).catch(() => {
    throw new Error(`not ${words.join()} but ${said}`);
  });
}
