import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run, RunResult } from '../../../../../src/core/programs/run';
import type { ComposeProgram } from '../../../../../src/core/target/compose/client/compose-program';
import { ServeError } from '../../../../../src/core/problem';
import {
  composeEnv,
  findCompose,
} from '../../../../../src/core/target/compose/client/find-compose';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'compose-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const ended = (exitCode: number, stdout: string, stderr = ''): RunResult => ({
  ...{ stdout, stderr, exitCode, signal: null, failed: exitCode !== 0 },
  ...{ timedOut: false, cancelled: false, flooded: false },
});

const newDocker = ended(0, 'Docker Compose version v5.6.1\n');
const missingPlugin = ended(
  1,
  '',
  "docker: 'compose' is not a docker command.\nSee 'docker --help'",
);

/** `programs`: how each one on the path answers, by its name. */
async function find(
  programs: Readonly<Record<string, RunResult>>,
  signal?: AbortSignal,
): Promise<ComposeProgram> {
  const bin = path.join(folder, Object.keys(programs).join('-') || 'none');
  await mkdir(bin, { recursive: true });
  for (const name of Object.keys(programs)) {
    await writeFile(path.join(bin, name), '');
    await chmod(path.join(bin, name), 0o755);
  }
  const run: Run = async (file) =>
    Promise.resolve(programs[path.basename(file)] ?? ended(127, '', 'not here'));
  const env = { PATH: bin, COMPOSE_FILE: 'other.yaml' };
  return findCompose({
    ...{ env, platform: process.platform, run, cwd: folder },
    ...(signal === undefined ? {} : { signal }),
  });
}

const refusal = async (programs: Readonly<Record<string, RunResult>>): Promise<string> => {
  try {
    await find(programs);
  } catch (error) {
    if (error instanceof ServeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'found';
};

describe('the program that runs Compose files', () => {
  it('is docker compose where it is new enough', async () => {
    expect(await find({ docker: newDocker })).toMatchObject({
      ...{ title: 'docker compose', args: ['compose'], version: '5.6.1', hasEvents: true },
      engine: expect.stringMatching(/docker$/) as string,
    });
  });

  it.each([
    ['docker-compose', 'Docker Compose version v2.21.0', 'docker-compose', '2.21.0'],
    ['podman', 'Docker Compose version v2.40.0-desktop.1', 'podman compose', '2.40.0-desktop.1'],
    ['nerdctl', 'nerdctl Compose version v2.0.3', 'nerdctl compose', '2.0.3'],
  ])('is %s where that is what there is', async (name, answer, title, version) => {
    expect(await find({ [name]: ended(0, answer) })).toMatchObject({ title, version });
  });

  it('is the next one where the first has no Compose', async () => {
    const found = await find({ docker: missingPlugin, 'docker-compose': newDocker });
    expect(found.title).toBe('docker-compose');
    // The client itself is there.
    expect(found.engine).toMatch(/docker$/);
  });

  it('is missing with a reason', async () => {
    expect(await refusal({})).toMatch(/^engine-not-found: No program that runs Compose files/);
    expect(await refusal({ docker: missingPlugin })).toMatch(
      /^engine-not-found: docker compose does not run/,
    );
  });

  it('is too old', async () => {
    const old = ended(
      0,
      'docker-compose version 1.29.2, build 5becea4c\ndocker-py version: 5.0.0\n',
    );
    expect(await refusal({ docker: missingPlugin, 'docker-compose': old })).toBe(
      'engine-too-old: docker-compose 1.29.2 is too old: version 2.21 or later is required. Update it.',
    );
    const python = ended(0, 'podman-compose version 1.6.0\npodman version 4.3.1\n');
    expect(await refusal({ podman: python })).toBe(
      'engine-too-old: podman compose runs podman-compose 1.6.0, which reports too little about containers. Install docker-compose 2.21 or later: podman compose then runs that.',
    );
  });

  it('is missing in an old Podman', async () => {
    const old = ended(125, '', 'Error: unrecognized command `podman compose`\n');
    expect(await refusal({ podman: old })).toBe(
      'engine-not-found: podman is too old to run Compose files, or docker-compose is missing. Install docker-compose 2.21 or later and Podman 4.7 or later.',
    );
  });

  it('is no longer searched for after a cancellation', async () => {
    await expect(find({ docker: newDocker }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('gets no variables that choose other files or projects', () => {
    const env = {
      PATH: '/bin',
      COMPOSE_FILE: 'x',
      compose_profiles: 'y',
      DOCKER_HOST: 'unix:///s',
    };
    expect(composeEnv(env)).toEqual({ PATH: '/bin', DOCKER_HOST: 'unix:///s' });
  });
});
