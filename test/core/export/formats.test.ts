import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ExportedSet } from '../../../src/core/export/exported-set';
import { processCompose } from '../../../src/core/export/process-compose';
import { procfile } from '../../../src/core/export/procfile';
import { quoted, shellCommands } from '../../../src/core/export/shell';
import { tasksJson } from '../../../src/core/export/tasks-json';

const odd = `it's "5 $" \\ {a}`;

const set: ExportedSet = {
  name: 'Search',
  bentomlVersion: '1.4.38',
  cwd: '/my projects/search',
  env: { MODEL: odd },
  fromOutside: ['HF_TOKEN'],
  unset: ['HTTP_PROXY'],
  commands: [
    {
      name: 'service-Embedder',
      argv: ['/venv/bin/python', '-m', 'start', '--map', odd],
      env: { CUDA_VISIBLE_DEVICES: '' },
      dependsOn: [],
      ready: { scheme: 'http', host: '127.0.0.1', port: 3001, path: '/readyz' },
    },
    { name: 'grpc', argv: ['/venv/bin/python'], env: {}, dependsOn: ['service-Embedder'] },
  ],
  leftOut: ['Something is left out.'],
};

describe('an argument of a shell', () => {
  it.runIf(process.platform !== 'win32').each([odd, '', 'plain', '$(echo no)', '`no`', 'a\nb'])(
    'is taken by it as it is: %j',
    (text) => {
      expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(
        text,
      );
    },
  );
});

describe('the shell commands', () => {
  it('are told what they need, and name no secret’s value', () => {
    const text = shellCommands(set);
    expect(text).toContain('# Something is left out.');
    expect(text).toContain(': "${HF_TOKEN:?has to be set}"');
    expect(text).toContain('unset HTTP_PROXY');
    expect(text).toContain("cd '/my projects/search' || exit");
  });
});

describe('the Procfile', () => {
  it('has a line for each command', () => {
    const lines = procfile(set).trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '# Something is left out.',
      '# To be set, here or in .env: HF_TOKEN.',
    ]);
    expect(lines[3]).toBe(
      `grpc: cd '/my projects/search' && exec env -u HTTP_PROXY ${quoted(`MODEL=${odd}`)} /venv/bin/python`,
    );
  });
});

describe('process-compose.yaml', () => {
  it('starts what depends on others when they are ready', () => {
    const { processes } = parse(processCompose(set)) as {
      processes: Record<string, Record<string, unknown>>;
    };
    expect(processes['grpc']).toMatchObject({
      working_dir: '/my projects/search',
      depends_on: { 'service-Embedder': { condition: 'process_healthy' } },
    });
    expect(processes['grpc']).not.toHaveProperty('readiness_probe');
    expect(processes['service-Embedder']).toMatchObject({
      environment: [`MODEL=${odd.replace('$', '$$$$')}`, 'CUDA_VISIBLE_DEVICES='],
      readiness_probe: { http_get: { host: '127.0.0.1', port: '3001', path: '/readyz' } },
    });
  });
});

describe('tasks.json', () => {
  it('is made where there is none', () => {
    const { tasks } = JSON.parse(tasksJson(set, undefined)) as { tasks: unknown[] };
    expect(tasks).toHaveLength(3);
    expect(tasks[1]).toMatchObject({
      label: 'Search: grpc',
      command: 'env',
      args: ['-u', 'HTTP_PROXY', '/venv/bin/python'],
      options: { cwd: '/my projects/search', env: { HF_TOKEN: '${env:HF_TOKEN}', MODEL: odd } },
    });
    expect(tasks[2]).toMatchObject({
      label: 'Search: all',
      dependsOn: ['Search: service-Embedder', 'Search: grpc'],
    });
  });

  it('keeps what is there, and replaces only what was exported before', () => {
    const present = `// ours\n{\n  "version": "2.0.0",\n  "tasks": [\n    { "label": "build", "type": "shell", "command": "make" }, // stays\n    { "label": "Search: grpc", "type": "shell", "command": "old" },\n  ]\n}\n`;
    const once = tasksJson(set, present);
    expect(once).toContain('// ours');
    expect(once).toContain('// stays');
    expect(once).not.toContain('"old"');
    expect(once.match(/"label"/g)).toHaveLength(4);
    expect(tasksJson(set, once)).toBe(once);
  });

  it.each(['{ "tasks": [', '[]x', '"text"'])(
    'is left alone where it cannot be read: %s',
    (text) => {
      expect(() => tasksJson(set, text)).toThrow(/tasks\.json cannot be read/);
    },
  );
});
