import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { settingKeys } from '../../../src/core/settings/schema';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { isUnpolluted } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';
import { linuxContext, windowsContext } from './settings-contexts';

const names = [
  ...new Set(settingKeys.flatMap((key) => key.split('.'))),
  ...['bento', 'name', 'workingDir', 'workers', '__proto__', 'constructor', '-x', 'a'],
  ...['length', 'size', 'valueOf', 'toString', 'toJSON', 'then'],
];

const words = [
  'auto',
  'tcp',
  '127.0.0.1',
  '::1',
  '[::1]',
  'service:svc',
  '.',
  '~',
  '-c',
  '',
  '\0',
  '\u202e',
];
const templates = ['${workspaceFolder}', '${userHome}', '${env:MODELS}', '${env:NO}', '${x}'];

const leaf = fc.oneof(
  fc.constantFrom(null, undefined, true, false, 0, -1, 0.5, 1, 70_000, NaN, Infinity),
  fc.constantFrom(...words, ...templates),
  fc.integer({ min: -10, max: 70_000 }),
  fc.double(),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
);

/** Any nesting, with names that mean something. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('tree'), { maxKeys: 8 }),
    fc.array(tie('tree'), { maxLength: 5 }),
  ),
}));

const value = fc.oneof({ weight: 9, arbitrary: leaf }, { weight: 1, arbitrary: tree });
const fields = (...keys: string[]): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
const tables = (item: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '-x', '__proto__'), fc.string()), item, {
    maxKeys: 4,
  });

/** Shaped like settings, so that most values are looked at one by one. */
const common = {
  ...Object.fromEntries(settingKeys.map((key) => [key.split('.')[0] ?? '', value])),
  http: fields('enabled', 'host', 'port', 'apiWorkers', 'timeout', 'backlog', 'other'),
  grpc: fields('enabled', 'host', 'port', 'metricsPort', 'reflection', 'apiWorkers'),
  health: fields('interval', 'timeout', 'failureThreshold', 'onHang'),
  runners: tables(fields('port', 'workers', 'timeout')),
  env: tables(value),
};
const reference = fc.oneof(fc.constantFrom('a:svc', 'b:svc', '.'), value);
const entry = fc.record(
  { ...common, bentos: value, bento: reference, name: value, workingDir: value },
  { requiredKeys: ['bento'] },
);
const shaped = fc.record(
  { ...common, bentos: fc.oneof(value, fc.array(fc.oneof(entry, value), { maxLength: 4 })) },
  { requiredKeys: [] },
);
const settings = fc.oneof(shaped, tree);

function expectInsideLimits(settings: ServeSettings): void {
  const { http, grpc, health, runners } = settings;
  const ports = [
    http.port,
    grpc.port,
    grpc.metricsPort,
    ...Object.values(runners).map((r) => r.port),
  ];
  for (const port of ports) {
    if (port !== undefined)
      expect(Number.isInteger(port) && port >= 1 && port <= 65_535).toBe(true);
  }
  const whole = [http.apiWorkers, http.timeout, http.backlog, grpc.apiWorkers];
  for (const value of [
    ...whole,
    ...Object.values(runners).flatMap((r) => [r.workers, r.timeout]),
  ]) {
    if (value !== undefined)
      expect(Number.isInteger(value) && value >= 1 && value <= 86_400).toBe(true);
  }
  for (const { host } of [http, grpc]) {
    if (host !== undefined) expect(host).toMatch(/^[\d.]+$|^[\da-f:.]+$/i);
  }
  expect(settings.startTimeout).toSatisfy((value: number) => value >= 5 && value <= 3600);
  expect(settings.stopGracePeriod).toSatisfy((value: number) => value >= 0.5 && value <= 300);
  expect(health.interval).toSatisfy((value: number) => value >= 0.5 && value <= 300);
  expect(health.timeout).toSatisfy((value: number) => value >= 0.1 && value <= 60);
  expect(health.onHang).toBeOneOf(['notify', 'restart']);
  expect(health.failureThreshold).toSatisfy((value: number) => value >= 1 && value <= 100);
  expect(typeof settings.resumeOnReload).toBe('boolean');
  for (const [name, value] of Object.entries(settings.env)) {
    expect(name).toMatch(/^[A-Za-z_]/);
    expect(value === null || (!value.includes('\0') && value.length <= 32_767)).toBe(true);
  }
  for (const file of settings.envFile) expect(file).toMatch(/^\/|^[A-Z]:\\|^\\\\/i);
  expect(settings.pythonPath ?? 'none').toMatch(/^[^-][^\0]*$/);
}

describe('parseFolderSettings', () => {
  it.each([linuxContext, windowsContext])(
    'never throws and always gives settings inside the limits ($platform)',
    (context) => {
      const property = fc.property(settings, (raw) => {
        const parsed = parseFolderSettings(raw, context);
        expectInsideLimits(parsed.defaults);
        for (const entry of parsed.bentos) {
          expectInsideLimits(entry.settings);
          expect(entry.bento).toMatch(/^[^-\s]/);
        }
        const names = parsed.problems.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const { name, message } of parsed.problems) {
          expect(name).toMatch(/^serveBento/);
          expect(message).toMatch(/^serveBento[^\n]+[.]$/);
          expect(message.length).toBeLessThan(2000);
        }
        expect(isUnpolluted()).toBe(true);
      });
      check(property, 1000);
    },
  );

  it('gives the defaults for anything that is no object of settings', () => {
    check(
      fc.property(fc.oneof(leaf, fc.array(fc.anything())), (raw) => {
        const { defaults, bentos } = parseFolderSettings(raw, linuxContext);
        expect(defaults).toEqual(defaultSettings);
        expect(bentos).toEqual([]);
      }),
    );
  });

  it('takes time in proportion to what is written', long, async () => {
    const pieces = [
      'a',
      '-',
      ' ',
      '[',
      ']',
      '${',
      '}',
      'env:',
      'env:MODELS}',
      '~',
      '/',
      '.',
      '\u202e',
    ];
    const places: readonly ((text: string) => object)[] = [
      (text) => ({ bentos: [{ bento: text, name: text, workingDir: text }] }),
      (text) => ({ env: { A: text, [text]: 'x' }, envFile: text, pythonPath: text }),
      (text) => ({ http: { host: text }, runners: { [text]: { port: text } }, [text]: text }),
      (text) => ({ bentos: Array.from({ length: text.length / 64 }, () => ({ bento: text[0] })) }),
      (text) => ({
        env: Object.fromEntries(
          Array.from({ length: text.length / 64 }, (_, i) => [`${text[0] ?? ''}${i}`, i]),
        ),
      }),
    ];
    const property = fc.asyncProperty(
      fc.constantFrom(...places),
      pumped(pieces),
      async (place, input) => {
        await expectProportional((text) => parseFolderSettings(place(text), linuxContext), input);
      },
    );
    await checkAsync(property, 100);
  });

  it('takes arbitrary JSON', () => {
    check(
      fc.property(fc.json(), (json) => {
        expectInsideLimits(parseFolderSettings(JSON.parse(json), linuxContext).defaults);
      }),
      500,
    );
  });
});
