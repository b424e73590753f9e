import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { postJson } from '../support/answers';
import { describeEach, itEach } from '../support/long';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();

function set(environment: EnvironmentName, sample: string, settings: object): Harness {
  const python = harnesses.pythons[environment];
  const reference = sample === 'told' ? 'service:Told' : 'service:svc';
  return harnesses.set({
    ...{ python, sample: `test/fixtures/bentos/${sample}`, reference, consent: true },
    settings: { http: { apiWorkers: 1 }, ...settings },
  });
}

async function told({ registry }: Harness): Promise<Record<string, unknown>> {
  const [found] = registry.bentos;
  const bento = await registry.serve(found?.id ?? '');
  const { status, body } = await postJson(`${urlOf(bento)}/tell`, {});
  expect(status, body).toBe(200);
  return JSON.parse(body) as Record<string, unknown>;
}

describeEach(
  [
    ['bentoml-1.4', 'told', 'workers'],
    ['bentoml-1.4', 'told', 'cli'],
    ['bentoml-1.4', 'told-legacy', 'workers'],
    ['bentoml-1.0', 'told-legacy', 'cli'],
  ],
  [
    ['bentoml-1.3', 'told', 'workers'],
    ['bentoml-1.0', 'told-legacy', 'workers'],
  ],
)('what %s, %s, is told with the launcher %s', (environment, sample, launcher) => {
  it('is the home, the configuration and the variables of the settings', async () => {
    const root = sample === 'told' ? 'services.Told' : 'api_server';
    const harness = set(environment, sample, {
      launcher,
      bentomlHome: 'own-home',
      bentomlConfig: 'config.yaml',
      bentomlConfigOptions: { [`${root}.metrics.namespace`]: 'of_the_options' },
      envFile: ['one.env', 'two.env'],
      env: { FROM_BOTH: 'the setting' },
    });
    const write = (name: string, text: string): void => {
      writeFileSync(path.join(harness.folder, name), text);
    };
    const own = {
      metrics: { namespace: 'of_the_file' },
      logging: { access: { request_content_type: false } },
    };
    const config =
      sample === 'told' ? { version: 2, services: { Told: own } } : { version: 1, api_server: own };
    // YAML takes JSON.
    write('config.yaml', JSON.stringify(config));
    write('one.env', 'FROM_FILE=one\nFROM_BOTH=one\n');
    write('two.env', 'FROM_FILE="two"\n');
    expect(await told(harness)).toMatchObject({
      home: path.join(harness.folder, 'own-home'),
      body: false,
      namespace: 'of_the_options',
      variables: {
        FROM_FILE: 'two',
        FROM_BOTH: 'the setting',
        // BentoML 1.3 takes them for deployments only.
        WITH_VALUE: sample === 'told' && environment === 'bentoml-1.4' ? 'of the code' : null,
      },
    });
  });
});

describe('arguments', () => {
  itEach([['workers']], [['cli']])('reach the code with the launcher %s', async (launcher) => {
    const args = { model: 'two words $HOME', threshold: 0.5, quick: true };
    const harness = set('bentoml-1.4', 'told', { launcher, args });
    expect(await told(harness)).toMatchObject({ arguments: args });
  });

  it.each([
    ['bentoml-1.3', 'told', /serveBento\.args needs BentoML 1\.4\.8 or later, and this is 1\.3/],
    ['bentoml-1.0', 'told-legacy', /serveBento\.args needs BentoML 1\.4\.8/],
    ['bentoml-1.4', 'told-legacy', /told has runners, whose workers get no arguments/],
  ] as const)('are refused in words by %s, %s', async (environment, sample, words) => {
    const { registry } = set(environment, sample, { args: { model: 'large' } });
    const serving = registry.serve(registry.bentos[0]?.id ?? '');
    await expect(serving).rejects.toMatchObject({ code: 'settings' });
    await expect(serving).rejects.toThrow(words);
  });
});
