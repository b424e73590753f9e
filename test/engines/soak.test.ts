import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { soakEngine, soakTestMs } from '../soak/engine-soak';
import { dockerIn } from '../support/docker.mts';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { startDockerd } from './dockerd';

const harnesses = testHarness();

it(
  'the tree is true within 5 seconds, whatever happens to containers',
  async () => {
    const { engines } = await ensureEnvironments(['engines']);
    const compose = path.join(path.dirname(engines), 'docker-compose');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'soak-engine-'));
    const { pythons } = inject('engine');
    const { engine, restart, end } = await startDockerd({ folder, compose, pythons });
    const docker = dockerIn(engine.env);
    const ids = async (): Promise<readonly string[]> =>
      (await docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    try {
      const { registry } = harnesses.set({
        ...{ python: pythons['bentoml-1.4'], sample: 'samples/search' },
        ...{ reference: 'service:Search', settings: { target: 'compose' }, engine },
      });
      const [{ id } = { id: '' }] = registry.bentos;
      await registry.serve(id);
      const label = (name: string): string => `{{.Label "com.docker.compose.${name}"}}`;
      const format = `${label('service')}-${label('container-number')} {{.Status}}`;
      await soakEngine({
        ...{ registry, bento: id },
        truth: async () => {
          const lines = (await docker('ps', '--all', '--format', format)).trim().split('\n');
          return lines.map(
            (line) =>
              `${line.split(' ')[0] ?? ''} ${line.endsWith('(healthy)') ? 'ready' : 'not ready'}`,
          );
        },
        processes: () => processesOf('docker'),
        faults: [
          {
            name: 'a container is killed',
            inject: async () => {
              const [first = ''] = await ids();
              const pid = await docker('inspect', '--format', '{{.State.Pid}}', first);
              process.kill(Number(pid), 'SIGKILL');
            },
          },
          {
            name: 'all containers are restarted',
            inject: async () => docker('restart', '--time', '1', ...(await ids())),
          },
          {
            name: 'a container is paused',
            inject: async () => {
              const [first = ''] = await ids();
              await docker('pause', first);
              await docker('unpause', first);
            },
          },
          { name: 'the engine is restarted', inject: restart },
        ],
      });
      await registry.stopAll();
      expect(await ids()).toEqual([]);
      await until('the end of every docker', () => processesOf('docker') === 0);
    } finally {
      await harnesses.dispose();
      await end();
      await rm(folder, { recursive: true, force: true });
    }
  },
  soakTestMs,
);

/** How many programs with this name this process has started that run now. Its own daemon is another one. */
function processesOf(name: string): number {
  const text = execFileSync('ps', ['--ppid', String(process.pid), '--format', 'args']).toString();
  return text.split('\n').filter((line) => line.includes(name) && !line.includes('dockerd')).length;
}
