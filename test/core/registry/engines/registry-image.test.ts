import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { textOf, type Message } from '../../../../src/core/messages/message';
import { ServeError } from '../../../../src/core/problem';
import type {
  PushAnswer,
  PushQuestion,
} from '../../../../src/core/registry/engines/engine-context';
import { builtImage } from '../../../../src/core/registry/engines/built-images';
import type { ImageNeeds } from '../../../../src/core/registry/engines/image-needs';
import type { EngineParts } from '../../../../src/core/registry/engines/opened-engine';
import { registryImage } from '../../../../src/core/registry/engines/registry-image';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import type { TargetChoice } from '../../../../src/core/target/target-choice';
import { discovered } from '../../../support/bentos';
import { FakeDocker, programsFolder } from '../../../support/fake-docker';

const digest = `sha256:${'a'.repeat(64)}`;
const registry = 'registry.example.com/team';
const built = 'search:new';
const pushed = `${registry}/search@${digest}`;
const entered = `registry.example.com/entered@${digest}`;

/** A project or built bento that is served on Kubernetes, and the person who answers. */
class World {
  readonly docker = new FakeDocker();
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-project-'));
  readonly questions: PushQuestion[] = [];
  readonly phases: string[] = [];
  readonly done: string[] = [];
  choice: TargetChoice = {};
  answer: PushAnswer | 'cancel' = 'build';
  registry: string | undefined = registry;
  args: Readonly<Record<string, string>> = {};
  now = Date.now() + 1_000;
  containerize: (tag: string) => void = (tag) => void this.docker.images.set(tag, []);
  build: () => Promise<string> = () => Promise.resolve(built);
  readonly #source: 'project' | 'store';
  readonly #path = programsFolder(['docker']);

  constructor(source: 'project' | 'store' = 'project') {
    this.#source = source;
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    writeFileSync(path.join(this.folder, 'service.py'), '');
    this.docker.printed = `new: digest: ${digest} size: 528\n`;
  }

  async serve(): Promise<string> {
    const { parts, needs } = this.#parts();
    return (await registryImage(parts, needs)).reference;
  }

  /** For containers on this machine: nothing is pushed. */
  local(): Promise<string> {
    const { parts, needs } = this.#parts();
    return builtImage(parts, needs);
  }

  #parts(): { readonly parts: EngineParts; readonly needs: ImageNeeds } {
    const bento = discovered({
      ...{ name: 'search', source: this.#source, workingDir: this.folder },
      reference: this.#source === 'store' ? 'search:old' : '.',
    });
    const engines = {
      run: () => this.docker.run,
      folder: this.folder,
      askForRegistryImage: () => Promise.resolve(entered),
      askForPush: (_: unknown, question: PushQuestion) => {
        this.questions.push(question);
        return this.answer === 'cancel'
          ? Promise.reject(new ServeError({ code: 'cancelled', message: '' }))
          : Promise.resolve(this.answer);
      },
      build: () => {
        this.done.push('build');
        return this.build();
      },
      containerize: (_: unknown, tag: string) => {
        this.done.push(`containerize ${tag}`);
        this.containerize(tag);
        return Promise.resolve();
      },
    };
    const parts = {
      context: {
        engines,
        platform: 'linux',
        processEnv: { PATH: this.#path },
        clock: { date: () => this.now },
      },
      sources: {
        targetChoice: () => this.choice,
        chooseTarget: (_: unknown, choice: TargetChoice) => void (this.choice = choice),
      },
      record: { bento },
      onQuestion: () => undefined,
    } as unknown as EngineParts;
    const settings = { ...defaultSettings, registry: this.registry, args: this.args };
    const found = { bento, settings } as ImageNeeds['found'];
    const onPhase = (phase: Message): void => void this.phases.push(textOf(phase));
    const signal = new AbortController().signal;
    return { parts, needs: { found, onPhase, signal } };
  }
}

it('builds, containerizes and pushes source, and asks only once', async () => {
  const world = new World();
  expect(await world.serve()).toBe(pushed);
  expect(world.questions).toEqual([
    { registry, tag: undefined, last: undefined, isContainerized: false, hasChanged: false },
  ]);
  expect(world.done).toEqual(['build', `containerize ${built}`]);
  expect(world.docker.calls.at(-1)).toBe(`docker push ${registry}/search:new`);
  expect(world.phases).toEqual([
    'building the bento (see its terminal)',
    `looking for the image of ${built}`,
    `creating the image of ${built} (see its terminal)`,
    `pushing ${registry}/search:new`,
  ]);
  const calls = world.docker.calls.length;
  expect(await world.serve()).toBe(pushed);
  expect(world.questions).toHaveLength(1);
  expect(world.docker.calls).toHaveLength(calls);
});

it('asks again after the source has changed, and can use the last build', async () => {
  const world = new World();
  await world.serve();
  const at = world.now;
  const later = new Date(at + 5_000);
  // Neither is part of the bento.
  mkdirSync(path.join(world.folder, '.venv'));
  for (const name of ['.venv/module.py', '.hidden']) {
    writeFileSync(path.join(world.folder, name), '');
    utimesSync(path.join(world.folder, name), later, later);
  }
  await world.serve();
  expect(world.questions).toHaveLength(1);

  utimesSync(path.join(world.folder, 'service.py'), later, later);
  world.answer = 'push';
  expect(await world.serve()).toBe(pushed);
  const last = { tag: built, at, registry };
  expect(world.questions.at(-1)).toMatchObject({ last, hasChanged: true });
  expect(world.done).toEqual(['build', `containerize ${built}`]);

  world.answer = 'build';
  world.now += 10_000;
  world.build = () => Promise.resolve('search:newer');
  await world.serve();
  expect(world.done.slice(2)).toEqual(['build', 'containerize search:newer']);
  await world.serve();
  expect(world.questions).toHaveLength(3);
});

it('asks again after the arguments of the build have changed', async () => {
  const world = new World();
  await world.serve();
  world.args = { model: 'large' };
  await world.serve();
  expect(world.questions).toHaveLength(2);
  expect(world.questions.at(-1)).toMatchObject({ hasChanged: true });
  await world.serve();
  expect(world.questions).toHaveLength(2);
});

it('asks before an image goes to another registry than before', async () => {
  const world = new World();
  await world.serve();
  world.registry = 'evil.example.com/theirs';
  world.answer = 'cancel';
  await expect(world.serve()).rejects.toMatchObject({ code: 'cancelled' });
  expect(world.questions.at(-1)).toMatchObject({ registry: 'evil.example.com/theirs' });
  expect(world.docker.calls.filter((call) => call.includes('evil'))).toEqual([]);
  // The image that was pushed before can be served without a registry.
  world.registry = undefined;
  expect(await world.serve()).toBe(pushed);
});

it.each([true, false])('pushes the image of a built bento; present: %j', async (isPresent) => {
  const world = new World('store');
  if (isPresent) world.docker.images.set('search:old', []);
  world.answer = 'push';
  expect(await world.serve()).toBe(pushed);
  expect(world.questions).toMatchObject([{ tag: 'search:old', isContainerized: isPresent }]);
  expect(world.done).toEqual(isPresent ? [] : ['containerize search:old']);
  // It cannot change.
  const later = new Date(world.now + 5_000);
  utimesSync(path.join(world.folder, 'service.py'), later, later);
  await world.serve();
  expect(world.questions).toHaveLength(1);
});

it('uses an image that the user enters, which is never outdated', async () => {
  const world = new World();
  world.answer = 'other';
  expect(await world.serve()).toBe(entered);
  world.registry = undefined;
  expect(await world.serve()).toBe(entered);
  expect(world.questions).toHaveLength(1);
  expect(world.docker.calls).toEqual([]);
  world.choice = { ...world.choice, asksAgain: true };
  expect(await world.serve()).toBe(entered);
  expect(world.done).toEqual([]);
});

it('lets the user enter an image if there is no program for images', async () => {
  const world = new World('store');
  world.docker.ends = { failed: true, exitCode: 1, stderr: 'Cannot connect to the Docker daemon' };
  world.answer = 'other';
  expect(await world.serve()).toBe(entered);
  expect(world.questions).toMatchObject([{ isContainerized: false }]);
  world.answer = 'push';
  world.choice = {};
  await expect(world.serve()).rejects.toMatchObject({ code: 'engine-unreachable' });
});

it('keeps the cluster that the user has chosen during a push', async () => {
  const world = new World();
  world.choice = { cluster: { context: 'before', namespace: 'team' } };
  const cluster = { context: 'now', namespace: 'team' };
  world.containerize = (tag) => {
    world.docker.images.set(tag, []);
    world.choice = { ...world.choice, cluster };
  };
  await world.serve();
  expect(world.choice).toMatchObject({ cluster, registryImage: pushed });
});

it('keeps the choice of before if a step fails', async () => {
  const world = new World();
  world.build = () => Promise.reject(new ServeError({ code: 'build-failed', message: 'no' }));
  await expect(world.serve()).rejects.toMatchObject({ code: 'build-failed' });
  world.build = () => Promise.resolve(built);
  world.docker.pushEnds = { failed: true, stderr: 'denied: no' };
  await expect(world.serve()).rejects.toMatchObject({ code: 'registry-denied' });
  expect(world.choice).toEqual({});
  expect(world.docker.calls.filter((call) => call.startsWith('docker push'))).toHaveLength(1);
});

it('builds images for this machine, and pushes nothing', async () => {
  const source = new World();
  expect(await source.local()).toBe(built);
  expect(source.done).toEqual(['build', `containerize ${built}`]);
  const store = new World('store');
  expect(await store.local()).toBe('search:old');
  expect(await store.local()).toBe('search:old');
  expect(store.done).toEqual(['containerize search:old']);
  for (const { calls } of [source.docker, store.docker]) {
    expect(calls.filter((call) => /docker (?:push|tag)/.test(call))).toEqual([]);
  }
});

it('says that no program has the image after it was created', async () => {
  const world = new World();
  world.containerize = () => undefined;
  await expect(world.serve()).rejects.toMatchObject({ code: 'image-missing' });
});
