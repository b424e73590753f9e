import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planCommand } from '../../../src/core/plan/plan-command';
import { defaultSettings } from '../../../src/core/settings/default-settings';

describe('the planner’s process', () => {
  const parts = {
    python: '/env/bin/python',
    scripts: '/extension/python',
    bento: { reference: 'service:svc', workingDir: '/bento' },
    settings: {
      http: { ...defaultSettings.http, host: '127.0.0.1', port: 3000, apiWorkers: 2 },
      grpc: {
        ...defaultSettings.grpc,
        ...{ enabled: true, host: '::1', port: 50_051, metricsPort: 3001, channelz: true },
      },
      runners: { upper: { host: '127.0.0.2', port: 4000, workers: 2, timeout: 3, backlog: 99 } },
      args: { size: 'large' },
    },
    env: { TOKEN: 'secret' },
  };

  it('runs plan.py where the bento is, in the environment of the components', () => {
    const { argv, cwd, env } = planCommand(parts);
    expect(argv.slice(0, 2)).toEqual([
      '/env/bin/python',
      path.join('/extension/python', 'plan.py'),
    ]);
    expect(cwd).toBe('/bento');
    expect(env).toEqual({ TOKEN: 'secret' });
  });

  it('asks without ports, which are chosen later, and without anything secret', () => {
    const { argv } = planCommand(parts);
    expect(argv).toHaveLength(3);
    expect(JSON.parse(argv[2] ?? '')).toEqual({
      bento: 'service:svc',
      workingDir: '/bento',
      http: { enabled: true, host: '127.0.0.1', apiWorkers: 2 },
      grpc: {
        ...{ enabled: true, host: '::1', reflection: false, channelz: true },
        protocolVersion: 'v1',
      },
      runners: { upper: { workers: 2, timeout: 3, backlog: 99 } },
      deployment: true,
      args: { size: 'large' },
    });
  });
});
