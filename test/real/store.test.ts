import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { nodeFileTree } from '../../src/core/discovery/files/file-tree';
import { storeBentos, storeModels, type StoreBento } from '../../src/core/discovery/store';
import type { StoreKind } from '../../src/core/discovery/store-versions';
import { createRun, type RunResult } from '../../src/core/programs/run';
import type { LaunchContext } from '../../src/core/registry/launch-context';
import { InterpreterFinder } from '../../src/core/interpreter/interpreter-finder';
import { bentomlCommand, type BentomlAction } from '../../src/core/store/bentoml-command';
import { missingForBuild } from '../../src/core/store/build-requirements';
import { deleteVersion } from '../../src/core/store/delete-version';
import { locateVersion } from '../../src/core/store/locate-version';
import { directorySize } from '../../src/core/store/directory-size';
import { sizeWord } from '../../src/vscode/store/store-labels';
import { bareEnvironment } from '../support/bare-environment';
import { english } from '../support/english';
import { describeEach } from '../support/long';
import { quietLog } from '../support/quiet-log';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';

const harnesses = testHarness();
const exec = promisify(execFile);
const run = createRun(() => undefined);
const log = quietLog();
const scripts = path.resolve('src/python');

interface Listed {
  readonly tag: string;
  readonly size: string;
  readonly creation_time: string;
}

/** A store of one BentoML version, which is asked and changed from outside, too. */
class RealStore {
  readonly home: string;
  readonly #surroundings: LaunchContext;

  constructor(surroundings: LaunchContext, home = surroundings.env['BENTOML_HOME'] ?? '') {
    this.#surroundings = surroundings;
    this.home = home;
  }

  /** The same, in a copy that goes its own way. */
  copy(): RealStore {
    const to = `${this.home}-copy`;
    cpSync(this.home, to, { recursive: true });
    return new RealStore(this.#surroundings, to);
  }

  async saveModel(): Promise<void> {
    const code = [
      'import bentoml',
      'from bentoml._internal.models.model import ModelContext',
      'empty = ModelContext(framework_name="", framework_versions={})',
      'with bentoml.models.create("tiny", module="a.module", signatures={}, context=empty) as model:',
      '    open(model.path_of("weights.bin"), "wb").write(b"x" * 5000)',
    ];
    await this.#python('-c', code.join('\n'));
  }

  /** As the extension's commands do. */
  async do(action: BentomlAction, bento = this.#surroundings.bento): Promise<RunResult> {
    const { interpreter, settings, env } = this.#surroundings;
    const { args, cwd } = bentomlCommand(action, { bento, settings }, { scripts });
    return run(interpreter.path, args, {
      cwd,
      env,
      maxBytes: 10_000_000,
    });
  }

  bentoml(...args: readonly string[]): Promise<string> {
    return this.#python('-m', 'bentoml', ...args);
  }

  async listed(...args: readonly string[]): Promise<readonly Listed[]> {
    const answer = await this.bentoml(...args, 'list', '-o', 'json');
    return byTag(
      (JSON.parse(answer) as Listed[]).map(({ tag, size, creation_time }) => ({
        ...{ tag, size, creation_time },
      })),
    );
  }

  /** As the view tells them, in BentoML's words. */
  async read(kind: StoreKind): Promise<readonly Listed[]> {
    const found =
      kind === 'bentos'
        ? (await this.bentos()).map((one) => ({ ...one, tag: one.name, directory: one.workingDir }))
        : await storeModels({ home: this.home, files: nodeFileTree, log });
    const listed = found.map(async ({ tag, directory, created }) => ({
      tag,
      size: sizeWord(await directorySize(directory), english),
      creation_time: localTime(created),
    }));
    return byTag(await Promise.all(listed));
  }

  bentos(): Promise<readonly StoreBento[]> {
    return storeBentos({ home: this.home, files: nodeFileTree, log });
  }

  async delete(kind: StoreKind, tag: string): Promise<void> {
    const version = await locateVersion(kind, tag, this.home);
    await deleteVersion(version, { files: nodeFileTree, log });
  }

  /** Every path, and what the marks of the latest say. */
  contents(): readonly string[] {
    return ['bentos', 'models']
      .flatMap((kind) =>
        readdirSync(path.join(this.home, kind), { recursive: true, encoding: 'utf8' }).map((name) =>
          path.join(kind, name),
        ),
      )
      .map((name) =>
        path.basename(name) === 'latest'
          ? `${name}: ${readFileSync(path.join(this.home, name), 'utf8')}`
          : name,
      )
      .sort();
  }

  async #python(...args: readonly string[]): Promise<string> {
    const { bento, interpreter, env } = this.#surroundings;
    const { stdout } = await exec(interpreter.path, args, {
      cwd: bento.workingDir,
      env: { ...env, BENTOML_HOME: this.home },
    });
    return stdout;
  }
}

const byTag = (list: readonly Listed[]): readonly Listed[] =>
  [...list].sort((a, b) => (a.tag < b.tag ? -1 : 1));

/** `2026-11-23 17:43:04` */
function localTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

async function realStore(environment: EnvironmentName, sample: string): Promise<RealStore> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-store-'));
  onTestFinished(() => {
    for (const one of [home, `${home}-copy`]) rmSync(one, { recursive: true, force: true });
  });
  const harness = harnesses.set({
    python: harnesses.pythons[environment],
    sample: `test/fixtures/bentos/${sample}`,
    reference: sample === 'with-model' ? 'service:Tiny' : 'service:svc',
    // Not in the project: BentoML would take it for sources.
    settings: { bentomlHome: home },
  });
  return new RealStore(await surroundings(harness));
}

function surroundings({ registry }: Harness): Promise<LaunchContext> {
  const [bento] = registry.bentos;
  return registry.surroundings(bento?.id ?? '');
}

it('nothing is made ready for a command of BentoML in a folder that is not trusted', async () => {
  const harness = harnesses.set({
    python: harnesses.pythons['bentoml-1.4'],
    sample: 'test/fixtures/bentos/with-model',
    reference: 'service:Tiny',
  });
  harness.trusted = false;
  await expect(surroundings(harness)).rejects.toMatchObject({ code: 'untrusted' });
});

describeEach(
  [['bentoml-1.4', 'with-model']],
  [
    ['bentoml-1.3', 'with-model'],
    ['bentoml-1.1', 'with-model-legacy'],
    ['bentoml-1.0', 'with-model-legacy'],
  ],
)('the store of %s', (environment, sample) => {
  it('is read and changed as BentoML itself does', async () => {
    const store = await realStore(environment, sample);
    await store.saveModel();
    for (const _ of [1, 2]) {
      const { exitCode, stdout, stderr } = await store.do('build');
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toContain('Successfully built');
    }
    expect(await store.read('bentos')).toEqual(await store.listed());
    expect(await store.read('models')).toEqual(await store.listed('models'));

    const [newest, older] = await store.bentos();
    expect([newest?.latest, older?.latest]).toEqual([true, false]);
    const model = (await store.read('models'))[0]?.tag ?? '';
    expect(newest?.models).toEqual([model]);

    const theirs = store.copy();
    for (const tag of [newest?.name ?? '', older?.name ?? '']) {
      await store.delete('bentos', tag);
      await theirs.bentoml('delete', tag, '-y');
      expect(store.contents()).toEqual(theirs.contents());
      expect(await store.read('bentos')).toEqual(await store.listed());
    }
    expect(await store.listed()).toEqual([]);

    await store.delete('models', model);
    await theirs.bentoml('models', 'delete', model, '-y');
    expect(store.contents()).toEqual(theirs.contents());
    expect(await store.listed('models')).toEqual([]);
  });
});

describeEach(
  [
    ['bentoml-1.4', 'with-model'],
    ['bentoml-1.1', 'with-model-legacy'],
  ],
  [['bentoml-1.3', 'with-model']],
)('an environment of %s without pip and uv', (environment, sample) => {
  it('cannot build exactly where a package is said to be missing', async () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-bare-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const python = bareEnvironment(path.join(home, 'venv'), harnesses.pythons[environment]);
    const harness = harnesses.set({
      python,
      sample: `test/fixtures/bentos/${sample}`,
      reference: sample === 'with-model' ? 'service:Tiny' : 'service:svc',
      settings: { bentomlHome: path.join(home, 'home') },
    });
    const { env, ...rest } = await surroundings(harness);
    const finder = new InterpreterFinder({
      ...{ run, log, script: path.join(scripts, 'probe.py'), cwd: scripts },
      ...{ env: process.env, platform: process.platform, selected: () => Promise.resolve('') },
    });
    const { bento, settings } = rest;
    const tools = await finder.tools(python, { workingDir: bento.workingDir, settings });
    expect(tools.modules).toEqual([]);
    const own = { ...env, PATH: `${path.dirname(python)}${path.delimiter}/usr/bin:/bin` };
    const store = new RealStore({ ...rest, env: own });
    await store.saveModel();
    // The name of a module that BentoML imports: a file of the project must not be taken for it.
    writeFileSync(path.join(bento.workingDir, 'click.py'), 'raise SystemExit("the wrong click")\n');
    const { exitCode, stdout, stderr } = await store.do('build');
    expect(stdout + stderr).not.toContain('the wrong click');
    const missing = missingForBuild(tools, undefined);
    expect(missing).toBe(environment === 'bentoml-1.1' ? undefined : 'uv');
    expect(exitCode === 0, stderr).toBe(missing === undefined);
  });
});

describeEach([['bentoml-1.4', 'with-model']], [['bentoml-1.0', 'with-model-legacy']])(
  'a bento of %s',
  (environment, sample) => {
    // A stand-in for Docker, which tests cannot count on: it records what it is asked for.
    it('is containerized by its tag', async () => {
      const store = await realStore(environment, sample);
      await store.saveModel();
      expect((await store.do('build')).exitCode).toBe(0);
      const [bento] = await store.bentos();
      const harness = harnesses.current;
      const programs = path.join(harness.folder, 'programs');
      const asked = path.join(programs, 'asked');
      mkdirSync(programs);
      writeFileSync(
        path.join(programs, 'docker'),
        `#!/bin/sh\necho "$@" >> '${asked}'\n[ "$1" = version ] && echo '"28.0.0"'\nexit 0\n`,
      );
      chmodSync(path.join(programs, 'docker'), 0o755);
      const { env, ...rest } = await surroundings(harness);
      const PATH = `${programs}${path.delimiter}${env['PATH'] ?? ''}`;
      const result = await new RealStore({ ...rest, env: { ...env, PATH } }).do(
        'containerize',
        bento,
      );
      expect(result.exitCode, result.stderr).toBe(0);
      expect(readFileSync(asked, 'utf8')).toContain(bento?.name ?? 'no bento');
    });
  },
);
