import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ServeError } from '../../../../../src/core/problem';
import {
  composeFailure,
  type FailedCompose,
} from '../../../../../src/core/target/compose/client/compose-failure';

/** What Docker Compose 5.6 with Docker 20.10 and 28.2 wrote to its standard error. */
const folder = path.resolve(import.meta.dirname, '../../../../fixtures/compose/failures');
const recorded = (name: string): string => readFileSync(path.join(folder, `${name}.txt`), 'utf8');

/** As it is thrown. */
function failed(stderr: string, more: Partial<FailedCompose> = {}, timeoutMs?: number): ServeError {
  const run = { stderr, timedOut: false, ...more };
  return new ServeError(composeFailure({ title: 'docker compose' }, run, timeoutMs));
}

const expected = {
  'address-unknown': ['engine-failed', 'cannot assign requested address'],
  build: ['engine-failed', 'The image could not be built (unable to evaluate symlinks'],
  'build-step': ['engine-failed', 'stat /bin/sh: no such file or directory'],
  closed: ['engine-unreachable', '(the connection was closed)'],
  denied: ['engine-denied', 'permission denied'],
  'denied-28': ['engine-denied', 'permission denied'],
  'dependency-exited': ['crashed', 'fdep-b-1 exited while starting (exit code 1)'],
  'dependency-unhealthy': ['start-timeout', 'unh-b-1 did not become ready'],
  'env-file': ['engine-failed', 'none.env not found'],
  gpu: ['engine-failed', 'cannot give GPUs'],
  'invalid-file': ['engine-failed', 'services.a.nonsense'],
  'no-command': ['engine-failed', 'exec: "/nowhere/python"'],
  'no-daemon': ['engine-unreachable', '(its socket does not exist)'],
  'no-space': ['no-space', 'The disk of the engine is full'],
  'no-such-image': ['image-unavailable', 'The image localhost/nothere:1 cannot be pulled'],
  'port-of-container': ['port-in-use', 'Port 38190 is in use'],
  'port-of-program': ['port-in-use', 'Port 38191 is in use'],
  refused: ['engine-unreachable', '(it is not running)'],
  'registry-unknown': ['image-unavailable', 'The image registry.invalid/search@sha256:aaaa'],
  'ssh-host': ['engine-unreachable', '(its host is unknown)'],
} as const;

it('every recorded failure has an expectation', () => {
  const names = readdirSync(folder).map((file) => path.parse(file).name);
  expect(names.sort()).toEqual(Object.keys(expected).sort());
});

it.each(Object.entries(expected))('%s', (name, [code, words]) => {
  const stderr = recorded(name);
  const problem = failed(stderr);
  expect(problem.problem).toMatchObject({ code, detail: stderr.trim() });
  expect(problem.message).toContain(words);
  expect(problem.message).not.toContain('\n');
  expect(problem.message).toMatch(/\.$/);
  expect(problem.message).not.toContain('{');
});

it('a port that is in use is reported with its number', () => {
  expect(failed(recorded('port-of-program')).problem.port).toBe(38191);
});

it('other engines with the same failures', () => {
  const podman =
    'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`';
  expect(failed(podman).code).toBe('engine-unreachable');
  const desktop =
    'Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:3000 -> 127.0.0.1:0: listen tcp 127.0.0.1:3000: bind: address already in use';
  expect(failed(desktop).problem).toMatchObject({ code: 'port-in-use', port: 3000 });
  const login =
    'Error response from daemon: pull access denied for search, repository does not exist or may require ‘docker login’';
  expect(failed(login).message).toContain('The image search cannot be pulled');
});

it('names the image that was requested if the output does not', () => {
  const offline =
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: network is unreachable';
  expect(failed(offline, { image: 'team/search:1' }).message).toContain(
    'The image team/search:1 cannot be pulled',
  );
});

it('a program that does not answer, and one that cannot be run', () => {
  const late = failed('', { timedOut: true }, 20_000);
  expect(late.code).toBe('engine-unreachable');
  expect(late.problem.summary).toBe('no answer within 20 s');
  const gone = failed('', { startError: 'ENOENT' });
  expect(gone.code).toBe('engine-failed');
  expect(gone.message).toContain('docker compose could not be run (it does not exist)');
});

it('has a message for a failure without output', () => {
  const { message } = failed('');
  expect(message).toContain('docker compose failed (it gave no reason)');
});

it('does not interpret the output of a program', () => {
  const { message } = failed('\u001b[31mboom\u202e\u0007\n');
  expect(message).toContain('docker compose failed (');
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
