import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineEnvironment, testEnvironment } from '../scripts/test-environment.mts';

describe('the environment of tests', () => {
  let folder: string;
  let home: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'test-environment-'));
    home = path.join(folder, 'machine');
    mkdirSync(home);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const made = (outer: NodeJS.ProcessEnv): Record<string, string> =>
    testEnvironment({ ...outer }, path.join(folder, 'run'), home);

  it.each([
    ['VIRTUAL_ENV', '/venv'],
    ['CONDA_PREFIX', '/conda'],
    ['PYTHONPATH', '/somewhere'],
    ['PYTHONSAFEPATH', '1'],
    ['UV_PYTHON', '3.9'],
    ['UV_PYTHON_DOWNLOADS', 'never'],
    ['BENTOML_HOME', '/store'],
    ['BENTOML_CONFIG', '/config.yaml'],
    ['http_proxy', 'http://proxy:3128'],
    ['HTTPS_PROXY', 'http://proxy:3128'],
    ['PIP_REQUIRE_VIRTUALENV', '1'],
    ['DOCKER_HOST', 'unix:///elsewhere'],
    ['NODE_OPTIONS', '--inspect'],
    ['npm_config_userconfig', '/home/me/.npmrc'],
    ['VSCODE_IPC_HOOK', '/ipc'],
    ['LD_PRELOAD', '/lib.so'],
  ])('does not take over %s', (name, value) => {
    expect(made({ [name]: value })).not.toHaveProperty(name);
  });

  it.each([
    'SSL_CERT_FILE',
    'PIP_CERT',
    'NODE_EXTRA_CA_CERTS',
    'REQUESTS_CA_BUNDLE',
    'PIP_INDEX_URL',
    'PIP_FIND_LINKS',
    'UV_DEFAULT_INDEX',
    'npm_config_registry',
    'LANG',
    'CI',
    'SERVE_BENTO_CACHE',
  ])('takes over %s', (name) => {
    expect(made({ [name]: 'value' })).toHaveProperty(name, 'value');
  });

  it('has its home, temporary files and runtime folder in the folder of the run', () => {
    const env = made({ HOME: home, XDG_RUNTIME_DIR: '/run/user/0', TMPDIR: '/elsewhere' });
    const own = ['HOME', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'];
    for (const name of own) expect(env[name]).toContain(path.join(folder, 'run'));
  });

  it('copies the settings that reach the package registries', () => {
    writeFileSync(path.join(home, '.npmrc'), 'registry=https://registry.example\n');
    mkdirSync(path.join(home, '.config/pip'), { recursive: true });
    writeFileSync(path.join(home, '.config/pip/pip.conf'), '[global]\n');
    const { HOME = '' } = made({});
    expect(readFileSync(path.join(HOME, '.npmrc'), 'utf8')).toContain('registry.example');
    expect(readFileSync(path.join(HOME, '.config/pip/pip.conf'), 'utf8')).toBe('[global]\n');
  });

  it.skipIf(process.platform === 'win32')('finds no program that only the machine has', () => {
    const bin = path.join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'only-here'), '#!/bin/sh\necho called\n');
    chmodSync(path.join(bin, 'only-here'), 0o755);
    const outer = { PATH: `${bin}:/usr/bin:/bin` };
    const run = (env: NodeJS.ProcessEnv): string =>
      execFileSync('/bin/sh', ['-c', 'only-here || echo missing'], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    expect(run(outer)).toBe('called');
    const env = made(outer);
    expect(run(env)).toBe('missing');
    expect(run(machineEnvironment(env))).toBe('called');
  });

  it('is the one that this test runs in', () => {
    const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
    expect(PATH.split(path.delimiter)[0]).toBe(path.dirname(process.execPath));
    expect(HOME).toBe(os.homedir());
    expect(path.dirname(HOME)).toBe(path.dirname(TMPDIR));
  });
});

describe('the environment of the set-up', () => {
  it('is not one that somebody has activated', () => {
    const activated = { VIRTUAL_ENV: '/v', PYTHONPATH: '/p', UV_PYTHON: '3.9', PATH: '/bin' };
    expect(machineEnvironment({ ...activated, http_proxy: 'http://proxy' })).toEqual({
      ...{ PATH: '/bin', http_proxy: 'http://proxy' },
    });
  });

  it('knows where pyenv is, which tests do not see', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'test-environment-'));
    try {
      const env = testEnvironment({ PATH: '/bin', PYENV_ROOT: '/pyenv' }, folder, '/home/me');
      expect(env).not.toHaveProperty('PYENV_ROOT');
      expect(machineEnvironment(env)).toMatchObject({ PYENV_ROOT: '/pyenv', HOME: '/home/me' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
