import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSettingsFiles, SettingsFilesWatch } from '../../../src/core/settings/settings-files';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { ManualClock } from '../../support/manual-clock';
import { until } from '../../support/until';

let folder: string;
let clock: ManualClock;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'settings-files-'));
  clock = new ManualClock();
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);

/** Looks again and again until the watch says so. */
const says = async (watch: SettingsFilesWatch, changed: boolean): Promise<void> => {
  await until(`changed: ${changed}`, async () => {
    await clock.pass(2000);
    return watch.changed === changed || undefined;
  });
};

it('are those of variables, of BentoML, and of whom TLS trusts', async () => {
  const tls = { caFile: '/ca.pem', certFile: '/cert.pem' };
  const named = {
    ...defaultSettings,
    envFile: ['/a.env', '/b.env'],
    http: { ...defaultSettings.http, tls },
  } as unknown as ServeSettings;
  const files = async (settings: ServeSettings, env: Record<string, string>) => [
    ...(await readSettingsFiles(settings, env)).keys(),
  ];
  expect(await files(named, {})).toEqual(['/a.env', '/b.env', '/ca.pem']);
  expect(await files(named, { BENTOML_CONFIG: '/user.yaml' })).toContain('/user.yaml');
  const own = { ...named, env: { BENTOML_CONFIG: '/own.yaml' } };
  expect(await files(own, { BENTOML_CONFIG: '/user.yaml' })).not.toContain('/user.yaml');
  expect(await files(own, {})).toContain('/own.yaml');
  const set = { ...own, bentomlConfig: '/set.yaml' };
  expect(await files(set, {})).toEqual(['/a.env', '/b.env', '/set.yaml', '/ca.pem']);
});

it('have changed while they hold something else than at the start', async () => {
  await writeFile(at('.env'), 'A=1');
  const settings = { ...defaultSettings, envFile: [at('.env'), at('later.env')] };
  const changes: boolean[] = [];
  const watch: SettingsFilesWatch = new SettingsFilesWatch(
    await readSettingsFiles(settings, {}),
    clock,
    () => changes.push(watch.changed),
  );
  await clock.pass(10_000);
  expect(watch.changed).toBe(false);
  await writeFile(at('.env'), 'A=2');
  await says(watch, true);
  // As an editor does it that never leaves a file half written.
  await writeFile(at('.env~'), 'A=1');
  await rename(at('.env~'), at('.env'));
  await says(watch, false);
  await writeFile(at('later.env'), '');
  await says(watch, true);
  await rm(at('.env'));
  await says(watch, true);
  expect(changes).toEqual([true, false, true]);
  watch.dispose();
  expect(clock.waiting).toBe(0);
});

it('count also when they change between the first question and the start', async () => {
  await writeFile(at('.env'), 'A=1');
  const started = await readSettingsFiles({ ...defaultSettings, envFile: [at('.env')] }, {});
  await writeFile(at('.env'), 'A=2');
  const watch = new SettingsFilesWatch(started, clock, () => undefined);
  await says(watch, true);
  watch.dispose();
});

it('are not looked for where none is named', () => {
  const watch = new SettingsFilesWatch(new Map(), clock, () => undefined);
  expect(clock.waiting).toBe(0);
  expect(watch.changed).toBe(false);
});
