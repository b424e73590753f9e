import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../../../src/core/problem';
import type { Run, RunResult } from '../../../../../src/core/programs/run';
import {
  localImage,
  pinImage,
  type ImageRequest,
} from '../../../../../src/core/target/compose/client/pin-image';

const id = `sha256:${'a'.repeat(64)}`;
const digest = `example.com/search@sha256:${'b'.repeat(64)}`;

const succeeded = (stdout = ''): Partial<RunResult> => ({ failed: false, stdout });
const failed = (stderr: string): Partial<RunResult> => ({ failed: true, exitCode: 1, stderr });
const absent = failed('Error response from daemon: No such image: search:1');
const image = (value: object): Partial<RunResult> => succeeded(JSON.stringify([value]));

/** An engine that gives these answers, one after the other. */
function engine(
  answers: readonly Partial<RunResult>[],
  program: Partial<ImageRequest['program']> = { engine: '/usr/bin/docker' },
): { readonly request: ImageRequest; readonly calls: string[] } {
  const calls: string[] = [];
  const run = ((file: string, args: readonly string[]) => {
    calls.push([file, ...args].join(' '));
    const answer = answers[calls.length - 1];
    if (answer === undefined) throw new Error('no further answer');
    return Promise.resolve({ stdout: '', stderr: '', failed: false, cancelled: false, ...answer });
  }) as unknown as Run;
  const { signal } = new AbortController();
  return {
    calls,
    request: {
      ...{ run, env: {}, cwd: '/engines', signal },
      program: { title: 'docker compose', ...program } as ImageRequest['program'],
    },
  };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => problemOf(error).code,
  );

describe('a pinned reference', () => {
  it.each([id, digest])('%s is used as it is, without the engine', async (reference) => {
    const { request, calls } = engine([]);
    expect(await pinImage(reference, request)).toBe(reference);
    expect(calls).toEqual([]);
  });

  it('is the digest of an image that the engine has', async () => {
    const { request, calls } = engine([image({ Id: id, RepoDigests: [digest] })]);
    expect(await pinImage('search:1', request)).toBe(digest);
    expect(calls).toEqual(['/usr/bin/docker image inspect search:1']);
  });

  it.each([{ RepoDigests: [] }, { RepoDigests: null }, {}, { RepoDigests: ['<none>@<none>'] }])(
    'is the id of an image that no registry has: %o',
    async (others) => {
      const { request } = engine([image({ Id: id, ...others })]);
      expect(await pinImage('search:1', request)).toBe(id);
    },
  );

  it('is the one of an image that is pulled', async () => {
    const { request, calls } = engine([
      absent,
      succeeded(),
      image({ Id: id, RepoDigests: [digest] }),
    ]);
    expect(await pinImage('search:1', request)).toBe(digest);
    expect(calls[1]).toBe('/usr/bin/docker pull --quiet search:1');
  });
});

describe('an image that cannot be pinned', () => {
  it('was not pulled', async () => {
    const refused = failed('Error response from daemon: pull access denied for search');
    expect(await codeOf(pinImage('search:1', engine([absent, refused]).request))).toBe(
      'image-unavailable',
    );
  });

  it.each([absent, succeeded('no JSON'), image({ Id: 'x' }), succeeded('[]')])(
    'was pulled, and is not there: %o',
    async (answer) => {
      const { request } = engine([absent, succeeded(), answer]);
      expect(await codeOf(pinImage('search:1', request))).toBe('image-unavailable');
    },
  );

  it('is on an engine that is not running', async () => {
    const down = failed(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    );
    const { request, calls } = engine([down]);
    expect(await codeOf(pinImage('search:1', request))).toBe('engine-unreachable');
    expect(calls).toHaveLength(1);
  });

  it('needs the program of the engine', async () => {
    expect(await codeOf(localImage('search:1', engine([], {}).request))).toBe('engine-not-found');
  });

  it.each([
    [[{ cancelled: true }], 1],
    [[absent, { cancelled: true }], 2],
  ])('is given up if the start is cancelled', async (answers, count) => {
    const { request, calls } = engine(answers);
    expect(await codeOf(pinImage('search:1', request))).toBe('cancelled');
    expect(calls).toHaveLength(count);
  });
});
