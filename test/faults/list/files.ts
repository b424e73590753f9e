import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import {
  askHello,
  askShout,
  bentoOf,
  componentOf,
  firstPid,
  place,
  placeDependent,
  placeService,
  refusal,
  statesOf,
  untilState,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const fileFaults: readonly Fault[] = [
  ...(
    [
      [
        'with spaces, quotes, $(), ;, %, ^ and other letters',
        `a b'c"$(touch x1);touch x2;%P% ^ ü 日本`,
      ],
      ['that begins with a dash', '-rf'],
      ['with a line break', 'new\nline'],
    ] as const
  ).map(([what, folder]): Fault => ({
    number: 36,
    fault: `the service is in a folder ${what}`,
    expected: 'served; no shell reads it',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, [], { file: `${folder}/service.py` });
      await askHello(urlOf(await scene.serve(id)));
      for (const file of readdirSync(scene.folder, { recursive: true, encoding: 'utf8' })) {
        assert.doesNotMatch(path.basename(file), /^x[12]$/, 'a shell has run');
      }
      return 'served';
    },
  })),
  {
    number: 37,
    fault: 'the path of the service has 300 characters and more',
    expected: 'served: our sockets are elsewhere',
    on: 'core',
    run: async (scene) => {
      const folder = ['a', 'b'].map((name) => name.repeat(150)).join('/');
      const id = await placeService(scene, [], { file: `${folder}/service.py` });
      await askHello(urlOf(await scene.serve(id)));
      return `served from a path of ${path.join(scene.folder, folder).length} characters`;
    },
  },
  {
    number: 38,
    fault: 'the folder is read-only',
    expected: 'served; nothing is written there but what Python itself writes where it can',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      const files = (): readonly string[] =>
        readdirSync(scene.folder, { recursive: true, encoding: 'utf8' }).filter(
          (file) => !file.includes('__pycache__'),
        );
      const before = files();
      await askHello(urlOf(await scene.serve(id)));
      await scene.stop(id);
      assert.deepEqual(files(), before);
      return 'served, nothing written';
    },
  },
  {
    number: 39,
    fault: 'the folder is deleted while it is served',
    expected: 'goes on without a restart; a stop works',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, [], { file: 'gone/service.py' });
      const bento = await scene.serve(id);
      rmSync(path.join(scene.folder, 'gone'), { recursive: true });
      await scene.refresh();
      await askHello(urlOf(bento));
      const { state, components } = bentoOf(scene, id);
      assert.equal(state, 'ready');
      assert.equal(components[0]?.restarts, 0);
      await scene.stop(id);
      assert.deepEqual(scene.serving(), []);
      return 'ready until it was stopped';
    },
  },
  {
    number: 40,
    fault: 'the folder is removed from the window while it is served',
    expected: 'its services stop',
    on: 'elsewhere',
    why: 'a window with several folders: the window suite folders does it',
  },
  {
    number: 41,
    fault: 'the disk is full',
    expected: 'the service goes on; the log says so once',
    on: 'elsewhere',
    why: 'needs a small file system of its own',
  },
  {
    number: 42,
    fault: 'a component starts while the metrics of another are being counted',
    expected: 'the counts are kept',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'shout');
      const url = urlOf(await scene.serve(id));
      const ask = async (): Promise<number> => {
        await askShout(url);
        const text = await (await fetch(`${url}/metrics`)).text();
        const counts = [...text.matchAll(/request_total\{[^}]*shout[^}]*\} (\d+)/g)];
        return counts.reduce((sum, [, count]) => sum + Number(count), 0);
      };
      const before = await ask();
      assert.ok(before > 0);
      await scene.restart(id, 'runner:count');
      await untilState(scene, id, 'http', 'ready');
      const after = await ask();
      assert.ok(after > before, `${before}, then ${after}`);
      return `${before} requests before, ${after} after`;
    },
  },
  {
    number: 43,
    fault: 'the extension host has no file descriptors left',
    expected: 'the start that fails says so; what runs is unaffected',
    on: 'core',
    run: async (scene) => {
      const running = await placeService(scene, [], { file: 'running/service.py' });
      const other = await placeService(scene, [], { file: 'other/service.py' });
      const bento = await scene.serve(running);
      const said = await withoutDescriptors(() => refusal(scene.serve(other)));
      await askHello(urlOf(bento));
      assert.deepEqual(statesOf(scene, running), { http: 'ready' });
      assert.equal(componentOf(bentoOf(scene, running), 'http').restarts, 0);
      assert.match(said.message, /too many files|EMFILE/i);
      assert.equal((await scene.serve(other)).state, 'ready');
      return said.message;
    },
  },
  ...['bentoml', 'json'].map((module): Fault => ({
    number: 44,
    fault: `a file ${module}.py in the folder hides the module ${module}`,
    expected: 'failed, naming that file',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      scene.write(`${module}.py`, 'x = 1\n');
      // Where the plan is known already, the worker is the first to notice.
      const { message } = await refusal(scene.serve(id));
      assert.ok(
        message.includes(`${module}.py is imported instead of the module ${module}`),
        message,
      );
      assert.deepEqual(scene.serving(), []);
      return message;
    },
  })),
  {
    number: 84,
    fault:
      'a cleaner removes the folder of the private sockets, while a bento is served and after it',
    expected:
      'a restart of a component says so at once; a restart of the bento and the next serve work',
    on: 'core',
    run: async (scene) => {
      const id = await placeDependent(scene);
      const first = runDirectoryOf(firstPid(scene, await servedId(scene, id), 'http'));
      rmSync(first, { recursive: true });
      const said = await refusal(scene.restart(id, 'http'));
      assert.equal(
        said.message.endsWith(
          `The private sockets in ${first} are lost: another program has removed them. Restart the bento.`,
        ),
        true,
        said.message,
      );
      assert.equal((await scene.restart(id)).state, 'ready');
      const second = runDirectoryOf(firstPid(scene, id, 'http'));
      assert.notEqual(second, first);
      await scene.stop(id);
      rmSync(second, { recursive: true });
      await askHello(urlOf(await scene.serve(id)));
      return said.message;
    },
  },
  {
    number: 85,
    fault: "BentoML's home cannot be made",
    expected: 'failed, naming the folder, the reason and serveBento.bentomlHome',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      await scene.settings({ bentomlHome: '/dev/null/home' });
      const { message, code } = await refusal(scene.serve(id));
      assert.match(
        message,
        /cannot use its home \/dev\/null\/home, because a part of its path is not a folder\. Set serveBento\.bentomlHome/,
      );
      assert.equal(code, 'settings');
      return message;
    },
  },
];

const servedId = async (scene: Scene, id: string): Promise<string> => (await scene.serve(id)).id;

/** Of the bento that a worker or its fork server belongs to: its metrics are there. */
function runDirectoryOf(pid: number): string {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  const [, directory] =
    /PROMETHEUS_MULTIPROC_DIR=(.*?serve-bento-[A-Za-z0-9]{6})/.exec(environment) ?? [];
  assert.ok(directory, 'it has no folder for metrics');
  return directory;
}

/** Does the work while this process can open next to nothing; somebody else gives the descriptors back. */
async function withoutDescriptors<T>(work: () => Promise<T>): Promise<T> {
  const limit = (): string =>
    /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '';
  const before = limit();
  const to = (value: string): string => `prlimit --pid ${process.pid} --nofile=${value}:`;
  const low = readdirSync('/proc/self/fd').length + 4;
  const script = `sleep 0.3; ${to(String(low))}; sleep 3; ${to(before)}`;
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await until('the lower limit', () => limit() !== before || undefined, 3000);
  try {
    return await work();
  } finally {
    await ended;
  }
}
