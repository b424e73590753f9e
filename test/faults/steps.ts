// What faults are made of.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Bento, Component, Problem } from '../../src/api';
import { until } from '../support/until.ts';
import type { Scene } from './scene.ts';

export const searchId = 'service.py:Search';
export const shoutId = 'service.py:svc';

/** Probes that see a hang soon. */
export const quickHealth = { 'health.interval': 0.5, 'health.timeout': 0.5 };

/** Puts a sample into the folder, changed as `edit` says. */
export async function place(
  scene: Scene,
  sample: 'search' | 'shout',
  edit: (source: string) => string = (source) => source,
): Promise<string> {
  const source = readFileSync(path.join(projectFolder(), 'samples', sample, 'service.py'), 'utf8');
  const changed = edit(source);
  scene.write('service.py', changed);
  const id = sample === 'search' ? searchId : shoutId;
  await untilFound(scene, id);
  return id;
}

/** Puts a class service `S` into `file` whose constructor has these lines, and gives back its id. */
export async function placeService(
  scene: Scene,
  init: readonly string[] = [],
  {
    file = 'service.py',
    head = [],
    members = [],
  }: { file?: string; head?: readonly string[]; members?: readonly string[] } = {},
): Promise<string> {
  const lines = [
    ...head,
    'import bentoml',
    '',
    '@bentoml.service',
    'class S:',
    ...members.map((line) => `    ${line}`),
    '    def __init__(self):',
    ...init.map((line) => `        ${line}`),
    '        pass',
    '',
    '    @bentoml.api',
    '    def hello(self) -> str:',
    '        return "hello"',
    '',
  ];
  scene.write(file, lines.join('\n'));
  const id = `${file}:S`;
  await untilFound(scene, id);
  return id;
}

/** Puts a class service that depends on another one into the folder. */
export const placeDependent = (scene: Scene): Promise<string> =>
  placeService(scene, [], {
    head: ['import bentoml', '', '@bentoml.service', 'class Other:', '    pass', ''],
    members: ['other = bentoml.depends(Other)'],
  });

/** A constructor for the sample's class, with this line. */
export const init =
  (className: string, line: string) =>
  (source: string): string =>
    replaced(
      source,
      `class ${className}:\n`,
      `class ${className}:\n    def __init__(self):\n        ${line}\n`,
    );

/** As `String.replace`, which must find something. */
export function replaced(source: string, old: string, by: string): string {
  assert.ok(source.includes(old), `nothing like ${old}`);
  return source.replace(old, () => by);
}

export async function untilFound(scene: Scene, id: string): Promise<void> {
  await until(
    `the bento ${id}`,
    async () => (await scene.refresh()).find((bento) => bento.id === id),
    20_000,
  );
}

export function bentoOf(scene: Scene, id: string): Bento {
  const bento = scene.bentos.find((candidate) => candidate.id === id);
  assert.ok(bento, `no bento ${id}`);
  return bento;
}

export function componentOf(bento: Bento, component: string): Component {
  const found = bento.components.find((candidate) => candidate.id === component);
  assert.ok(found, `no component ${component}`);
  return found;
}

export function firstPid(scene: Scene, id: string, component: string): number {
  const [pid] = componentOf(bentoOf(scene, id), component).pids;
  assert.ok(pid, `${component} has no process`);
  return pid;
}

export const pidsOf = ({ components }: Bento): readonly number[] =>
  components.flatMap(({ pids }) => pids);

/** Of a worker: the helper. */
export const parentOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).trim());

export const statesOf = (scene: Scene, id: string): Readonly<Record<string, string>> =>
  Object.fromEntries(bentoOf(scene, id).components.map((one) => [one.id, one.state]));

/** Waits for a state and gives back how long that took, in milliseconds. */
export async function untilState(
  scene: Scene,
  id: string,
  component: string,
  state: Component['state'],
  limitMs = 20_000,
): Promise<number> {
  const from = performance.now();
  const now = (): string =>
    bentoOf(scene, id).components.find((one) => one.id === component)?.state ?? '';
  await until(`${component} ${state}`, () => now() === state || undefined, limitMs).catch(() => {
    const seen = JSON.stringify(statesOf(scene, id));
    throw new Error(`${component} was not ${state} within ${limitMs} ms but ${seen}`);
  });
  return Math.round(performance.now() - from);
}

/** The problem with which it is refused; a success is not expected. */
export async function refusal(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error, 'nothing was refused');
  assert.ok('problem' in error, error.stack);
  const problem = error.problem as Problem;
  assert.ok(!problem.message.includes('\n'), problem.message);
  return problem;
}

/** Serves what cannot be served: the problem's code and words, on the bento too, and nothing of it left. */
export async function refused(
  scene: Scene,
  id: string,
  code: Problem['code'],
  ...words: readonly (string | RegExp)[]
): Promise<string> {
  const problem = await refusal(scene.serve(id));
  assertProblem(problem, code, ...words);
  const { state, problem: shown } = bentoOf(scene, id);
  assert.equal(state, 'failed');
  assert.equal(shown?.message, problem.message);
  assert.deepEqual(scene.serving(), [], 'processes are left');
  return problem.message;
}

export function assertProblem(
  problem: Problem | undefined,
  code: Problem['code'],
  ...words: readonly (string | RegExp)[]
): void {
  assert.equal(problem?.code, code, problem?.message ?? 'no problem');
  for (const word of words) {
    const has =
      typeof word === 'string' ? problem.message.includes(word) : word.test(problem.message);
    assert.ok(has, `${String(word)} in: ${problem.message}`);
  }
}

export async function askSearch(url: string | undefined): Promise<void> {
  await ask(`${url ?? ''}/search`, 'application/json', '{"query": "rice and tea"}');
}

export async function askShout(url: string | undefined): Promise<void> {
  await ask(`${url ?? ''}/shout`, 'text/plain', 'good morning');
}

export async function askHello(url: string | undefined): Promise<void> {
  await ask(`${url ?? ''}/hello`, 'application/json', '{}');
}

async function ask(url: string, type: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Runs the work while this process holds a port: on all addresses, or on one. */
export async function whileHeld<T>(
  work: (port: number) => Promise<T>,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<T> {
  const holder = net.createServer((socket) => socket.destroy()).listen(port, host);
  try {
    await once(holder, 'listening');
    return await work((holder.address() as net.AddressInfo).port);
  } finally {
    holder.close();
  }
}

/** Nobody listens on it at this moment. */
export const freePort = (): Promise<number> => whileHeld((port) => Promise.resolve(port));

/** The states that a bento or its component goes through from now on. */
export function recordStates(
  scene: Scene,
  id: string,
  component: string,
): { readonly seen: readonly string[]; end(): void } {
  const seen: string[] = [];
  const end = scene.onDidChange(() => {
    const bento = scene.bentos.find((one) => one.id === id);
    const state = bento?.components.find((one) => one.id === component)?.state;
    if (state !== undefined && seen.at(-1) !== state) seen.push(state);
  });
  return { seen, end };
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** In the extension host too, where the code is a bundle elsewhere. */
const projectFolder = (): string => process.env['SERVE_BENTO_PROJECT'] ?? process.cwd();
