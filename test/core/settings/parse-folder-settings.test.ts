import { describe, expect, it } from 'vitest';
import { bentoSettings } from '../../../src/core/settings/declarations/bento-settings';
import { entryFields } from '../../../src/core/settings/declarations/bentos';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { parseFolderSettings, settingsFor } from '../../../src/core/settings/parse-folder-settings';
import type { FolderSettings } from '../../../src/core/settings/serve-settings';
import { linuxContext } from './settings-contexts';

const parse = (raw: unknown): FolderSettings => parseFolderSettings(raw, linuxContext);
const messages = (raw: unknown): string[] => parse(raw).problems.map(({ message }) => message);

const namesOf = (tree: object): string => Object.keys(tree).join(', ');

const nothingSet = {
  ...{ defaults: defaultSettings, profiles: {}, bentos: [], watched: [], problems: [] },
};

describe('parseFolderSettings', () => {
  it('gives the defaults where nothing is set', () => {
    expect(parse({})).toEqual(nothingSet);
  });

  it('takes what the manifest gives as defaults without a problem', () => {
    const raw = {
      pythonPath: '',
      http: { enabled: true, host: '', port: null, timeout: null, backlog: null },
      grpc: { enabled: false, port: null, metricsPort: null, apiWorkers: null },
      runners: {},
      env: {},
      envFile: [],
      bentos: [],
    };
    expect(parse(raw)).toEqual(nothingSet);
  });

  it('gives each bento its settings with each profile', () => {
    const settings = parse({
      http: { port: 3000, apiWorkers: 1 },
      bentos: [{ bento: 'service:svc', http: { apiWorkers: 2, timeout: 9 } }],
      profiles: { big: { http: { apiWorkers: 8 }, envFile: 'big.env' } },
    });
    expect(settings.problems).toEqual([]);
    expect(settingsFor(settings, undefined, 'big')).toMatchObject({
      http: { port: 3000, apiWorkers: 8 },
      envFile: ['/projects/fraud/big.env'],
    });
    const own = { port: 3000, apiWorkers: 8, timeout: 9 };
    expect(settingsFor(settings, 0, 'big').http).toMatchObject(own);
    expect(settingsFor(settings, 0).http).toMatchObject({ ...own, apiWorkers: 2 });
    expect(settingsFor(settings, 0, 'constructor')).toBe(settingsFor(settings, 0));
  });

  it('gives each bento its target with each profile', () => {
    const settings = parse({
      target: 'compose',
      bentos: [{ bento: 'service:svc', target: 'kubernetes' }, { bento: 'service:other' }],
      profiles: { here: { target: 'local' }, other: {} },
    });
    expect(settings.problems).toEqual([]);
    const target = (entry?: number, profile?: string): string =>
      settingsFor(settings, entry, profile).target;
    expect([target(), target(0), target(1)]).toEqual(['compose', 'kubernetes', 'compose']);
    expect([target(undefined, 'here'), target(0, 'here'), target(1, 'here')]).toEqual(
      Array(3).fill('local'),
    );
    expect([target(undefined, 'other'), target(0, 'other')]).toEqual(['compose', 'kubernetes']);
    expect(settingsFor(parse({}), undefined).target).toBe('local');
    const wrong = parse({ target: 'nomad', bentos: [{ bento: 'service:svc', target: 7 }] });
    expect(wrong.problems.map(({ name }) => name)).toEqual([
      'serveBento.target',
      'serveBento.bentos[0].target',
    ]);
    expect(settingsFor(wrong, 0).target).toBe('local');
  });

  it('takes what is to be watched, each address once', () => {
    const production = ['https://shop.example.com', 'grpc://10.0.0.5:3001', 'tcp://[::1]:3000'];
    const settings = parse({ watch: { Production: [...production, production[0]] } });
    expect(settings.problems).toEqual([]);
    expect(settings.watched).toEqual([{ name: 'Production', addresses: production }]);
  });

  it.each([
    'shop.example.com',
    'ftp://shop.example.com',
    'grpc://shop.example.com',
    'tcp://10.0.0.5:70000',
    'https://user:secret@shop.example.com',
    'https://shop.example.com/?token=1',
    7,
  ])('leaves out the address %s, and says so', (address) => {
    const { watched, problems } = parse({ watch: { Shop: ['http://10.0.0.5:3000', address] } });
    expect(watched).toEqual([{ name: 'Shop', addresses: ['http://10.0.0.5:3000'] }]);
    expect(problems.map(({ name }) => name)).toEqual(['serveBento.watch.Shop[1]']);
    expect(problems[0]?.message).toContain('it must be an address such as https://');
  });

  it('leaves out what is wrong in a list, and nothing else', () => {
    const { defaults, problems } = parse({ preload: [7, 'torch', '-x'], http: { port: 4000 } });
    expect(defaults.preload).toEqual(['torch']);
    expect(defaults.http.port).toBe(4000);
    expect(problems.map(({ name }) => name)).toEqual([
      'serveBento.preload[0]',
      'serveBento.preload[2]',
    ]);
  });

  it('leaves out what has no address', () => {
    expect(messages({ watch: { Shop: [] } })).toEqual([
      'serveBento.watch.Shop is a list, which is ignored: it must be a list with at least one address.',
    ]);
  });

  it('reads every setting', () => {
    const { defaults, problems } = parse({
      pythonPath: '${workspaceFolder}/.venv/bin/python',
      http: {
        enabled: false,
        host: '0.0.0.0',
        port: 8000,
        apiWorkers: 2,
        timeout: 30,
        backlog: 128,
        keepAliveTimeout: 20,
        gracefulShutdownTimeout: 8,
        tls: {
          certFile: 'certs/localhost.pem',
          keyFile: '~/key.pem',
          caFile: '${workspaceFolder}/ca.pem',
          clientCertificates: 'required',
          version: 'TLSv1.2',
          ciphers: 'ECDHE+AESGCM',
          serverName: 'api.example.com',
          clientCertFile: 'client.pem',
          clientKeyFile: 'client-key.pem',
        },
      },
      grpc: {
        enabled: true,
        host: '::1',
        port: 8001,
        metricsPort: 8002,
        reflection: true,
        channelz: true,
        apiWorkers: 1,
        maxConcurrentStreams: 50,
        protocolVersion: 'v1alpha1',
        backlog: 256,
        tls: { certFile: 'grpc.pem' },
      },
      runners: { upper: { host: '::1', port: 9000, workers: 3, timeout: 5, backlog: 512 } },
      internalTransport: 'tcp',
      env: { MODEL_DIR: '${userHome}/models', HTTP_PROXY: null },
      envFile: '.env',
      bentomlHome: '~/store',
      bentomlConfig: 'config.yaml',
      bentomlConfigOptions: { 'api_server.workers': 2, 'runners."my-model".x': null },
      args: { model: 'large', threshold: 0.5, quick: null },
      launcher: 'cli',
      startTimeout: 60,
      health: { interval: 1, timeout: 0.5, failureThreshold: 5, onHang: 'restart' },
      stopGracePeriod: 0.5,
      resumeOnReload: false,
      reload: false,
      warmUp: 'onServe',
      preload: ['torch', 'sklearn.linear_model'],
    });
    expect(problems).toEqual([]);
    expect(defaults).toMatchObject({
      pythonPath: '/projects/fraud/.venv/bin/python',
      http: {
        enabled: false,
        host: '0.0.0.0',
        port: 8000,
        apiWorkers: 2,
        timeout: 30,
        backlog: 128,
        keepAliveTimeout: 20,
        gracefulShutdownTimeout: 8,
        tls: {
          certFile: '/projects/fraud/certs/localhost.pem',
          keyFile: '/home/ada/key.pem',
          caFile: '/projects/fraud/ca.pem',
          clientCertificates: 'required',
          version: 'TLSv1.2',
          ciphers: 'ECDHE+AESGCM',
          serverName: 'api.example.com',
          clientCertFile: '/projects/fraud/client.pem',
          clientKeyFile: '/projects/fraud/client-key.pem',
        },
      },
      grpc: {
        enabled: true,
        host: '::1',
        port: 8001,
        metricsPort: 8002,
        reflection: true,
        channelz: true,
        apiWorkers: 1,
        maxConcurrentStreams: 50,
        protocolVersion: 'v1alpha1',
        backlog: 256,
        tls: { certFile: '/projects/fraud/grpc.pem' },
      },
      runners: { upper: { host: '::1', port: 9000, workers: 3, timeout: 5, backlog: 512 } },
      internalTransport: 'tcp',
      env: { MODEL_DIR: '/home/ada/models', HTTP_PROXY: null },
      envFile: ['/projects/fraud/.env'],
      bentomlHome: '/home/ada/store',
      bentomlConfig: '/projects/fraud/config.yaml',
      bentomlConfigOptions: { 'api_server.workers': 2 },
      args: { model: 'large', threshold: 0.5 },
      launcher: 'cli',
      startTimeout: 60,
      health: { interval: 1, timeout: 0.5, failureThreshold: 5, onHang: 'restart' },
      stopGracePeriod: 0.5,
      resumeOnReload: false,
      reload: false,
      warmUp: 'onServe',
      preload: ['torch', 'sklearn.linear_model'],
    });
  });

  it.each([
    [
      { http: { port: -1 } },
      'serveBento.http.port is -1, which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { http: { port: 70_000 } },
      'serveBento.http.port is 70000, which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { grpc: { port: 3000.5 } },
      'serveBento.grpc.port is 3000.5, which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { http: { port: '3000; x' } },
      'serveBento.http.port is "3000; x", which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { http: { port: NaN } },
      'serveBento.http.port is NaN, which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { http: { enabled: null } },
      'serveBento.http.enabled is null, which is ignored: it must be true or false.',
    ],
    [
      { http: [] },
      `serveBento.http is a list, which is ignored: it must be an object with ${namesOf(bentoSettings.http)}.`,
    ],
    [
      { http: { host: 'localhost' } },
      'serveBento.http.host is "localhost", which is ignored: it must be an IP address: write 127.0.0.1 instead of localhost.',
    ],
    [
      { http: { host: '--host' } },
      'serveBento.http.host is "--host", which is ignored: it must be an IP address, such as 127.0.0.1 or ::1.',
    ],
    [
      { http: { host: 'fe80::1%eth0' } },
      'serveBento.http.host is "fe80::1%eth0", which is ignored: it must be an IP address, such as 127.0.0.1 or ::1.',
    ],
    [
      { launcher: 'docker' },
      'serveBento.launcher is "docker", which is ignored: it must be one of "auto", "workers", "cli".',
    ],
    [
      { startTimeout: 4 },
      'serveBento.startTimeout is 4, which is ignored: it must be a number of seconds from 5 to 3600.',
    ],
    [
      { stopGracePeriod: '10' },
      'serveBento.stopGracePeriod is "10", which is ignored: it must be a number of seconds from 0.5 to 300.',
    ],
    [
      { pythonPath: '-c' },
      'serveBento.pythonPath is "-c", which is ignored: it must be a path that does not begin with "-".',
    ],
    [
      { pythonPath: 'a\0b' },
      'serveBento.pythonPath is "a\\u0000b", which is ignored: it must be a path, without a NUL character.',
    ],
    [
      { pythonPath: '${foo}/python' },
      'serveBento.pythonPath is "${foo}/python", which is ignored: the known variables are ${workspaceFolder}, ${userHome}, ${env:NAME} and, in serveBento.env, ${secret:NAME}.',
    ],
    [
      { pythonPath: '${env:NOT_SET}/python' },
      'serveBento.pythonPath is "${env:NOT_SET}/python", which is ignored: it uses a variable of the environment that is not set.',
    ],
    [
      { envFile: 7 },
      'serveBento.envFile is 7, which is ignored: it must be a path or a list of at most 100 paths.',
    ],
    [
      { bentos: null },
      'serveBento.bentos is null, which is ignored: it must be a list of objects.',
    ],
    [
      { bentos: [null] },
      `serveBento.bentos[0] is null, which is ignored: it must be an object with ${namesOf({ ...entryFields, ...bentoSettings })}.`,
    ],
    [
      { profiles: { tls: { http: { port: 0 } } } },
      'serveBento.profiles.tls.http.port is 0, which is ignored: it must be a whole number from 1 to 65535, or null.',
    ],
    [
      { runners: { '--x': {} } },
      'serveBento.runners["--x"] is ignored: a name must be 1 to 255 letters, digits, "_", "." or "-", and must not begin with "-" or ".".',
    ],
    [
      { runners: { upper: { remote: '10.0.0.5:3000' } } },
      'serveBento.runners.upper.remote is "10.0.0.5:3000", which is ignored: it must be an address such as tcp://10.0.0.5:3000, http://10.0.0.5:3000 or https://embed.example.com.',
    ],
    [
      { runners: { upper: { workers: 0 } } },
      'serveBento.runners.upper.workers is 0, which is ignored: it must be a whole number from 1 to 512, or null.',
    ],
    [
      { http: { prot: 3000 } },
      `serveBento.http.prot is not a known setting and is ignored. Known ones: ${namesOf(bentoSettings.http)}.`,
    ],
    [
      { bentos: [{ bento: '--config' }] },
      'serveBento.bentos[0].bento is "--config", which is ignored: it must be a reference such as "service:svc", "." or "iris:latest", 1 to 255 printable characters that do not begin with "-" or a space.',
    ],
    [
      { bentos: [{ name: 'x' }] },
      'serveBento.bentos[0].bento is missing: it must be a reference such as "service:svc", "." or "iris:latest", 1 to 255 printable characters that do not begin with "-" or a space.',
    ],
  ])('tells once what is wrong: %j', (raw, message) => {
    const { defaults, bentos, problems } = parse(raw);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(defaults).toEqual({
      ...defaultSettings,
      ...('runners' in raw && { runners: defaults.runners }),
    });
    expect(bentos).toEqual([]);
  });

  it('keeps the valid rest beside a bad value', () => {
    const { defaults, problems } = parse({
      http: { port: 'x', host: '[::1]' },
      grpc: { port: 4000 },
    });
    expect(defaults.http).toMatchObject({ enabled: true, host: '::1' });
    expect(defaults.grpc.port).toBe(4000);
    expect(problems).toHaveLength(1);
  });

  it('never shows the value of a variable', () => {
    const shown = messages({
      env: { TOKEN: 's3cret', ['bad name']: 's3cret', KEY: 12_345, URL: 'x://s3cret@${host}' },
    }).join('\n');
    expect(shown).toContain('serveBento.env.KEY is a number, which is ignored');
    expect(shown).toContain('serveBento.env["bad name"] is ignored');
    expect(shown).toContain('serveBento.env.URL is a string, which is ignored');
    expect(shown).not.toMatch(/s3cret|12345/);
  });

  it('shows direction-changing characters escaped and long values shortened', () => {
    const [first = '', second = ''] = messages({
      launcher: `\u202ecli${'x'.repeat(1000)}`,
      runners: { ['\u202eabc']: {} },
    });
    expect(first).toContain('"\\u{202e}clixxx');
    expect(first.length).toBeLessThan(200);
    expect(second).not.toContain('\u202e');
  });

  it('is not fooled by __proto__ and constructor', () => {
    const raw: unknown = JSON.parse(
      '{"__proto__": {"http": {"port": 1}}, "runners": {"__proto__": {"port": 1}, "constructor": {"port": 2}},' +
        '"env": {"__proto__": "x"}, "bentos": [{"bento": ".", "__proto__": {"name": "x"}}]}',
    );
    const { defaults, bentos, problems } = parse(raw);
    expect(Object.keys(defaults.runners)).toEqual(['constructor']);
    expect('toString' in defaults.runners).toBe(false);
    expect(Object.keys(defaults.env)).toEqual([]);
    expect(defaults.http).toEqual(defaultSettings.http);
    expect(bentos).toHaveLength(1);
    expect(bentos[0]).not.toHaveProperty('name');
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'serveBento.__proto__',
      'serveBento.bentos[0].__proto__',
    ]);
    expect(({} as Record<string, unknown>)['http']).toBeUndefined();
  });

  it('is not misled by what calls itself a class', () => {
    const value = { constructor: { name: {} } };
    const { problems } = parse({ bentomlConfigOptions: { a: value }, args: { b: value } });
    expect(problems.map(({ name }) => name)).toEqual([
      'serveBento.args.b',
      'serveBento.bentomlConfigOptions.a',
    ]);
  });

  it('refuses more than 1000 runners and more than 1000 bentos', () => {
    const runners = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`r${i}`, {}]));
    const bentos = Array.from({ length: 1001 }, (_, i) => ({ bento: `b${i}` }));
    const { defaults, bentos: entries, problems } = parse({ runners, bentos });
    expect(problems.map(({ name }) => name)).toEqual(['serveBento.bentos', 'serveBento.runners']);
    expect(defaults.runners).toEqual({});
    expect(entries).toEqual([]);
    // Without its runners another thing would be served.
    expect(problems.map(({ blocks }) => blocks)).toEqual([undefined, true]);
    expect(problems[1]?.message).toMatch(
      /at most 1000 names of runners, and this has 1001 \(\d+ bytes, of which the system passes at most \d+ to a process at once\)/,
    );
  });
});

describe('an entry of bentos', () => {
  it('changes single files of the folder’s TLS, and takes them back', () => {
    const settings = parse({
      http: { tls: { certFile: 'a.pem', keyFile: 'a-key.pem', version: 'TLSv1.2' } },
      bentos: [
        { bento: 'a:svc', http: { tls: { keyFile: 'b-key.pem' } } },
        { bento: 'b:svc', http: { tls: { certFile: '', keyFile: '' } } },
      ],
    });
    const rest = { clientCertificates: 'none', version: 'TLSv1.2' };
    expect(settingsFor(settings, 0).http.tls).toEqual({
      ...rest,
      certFile: '/projects/fraud/a.pem',
      keyFile: '/projects/fraud/b-key.pem',
    });
    expect(settingsFor(settings, 1).http.tls).toEqual(rest);
  });

  it('undoes with an empty path what the folder sets', () => {
    const { pythonPath, bentomlHome, envFile } = settingsFor(
      parse({
        pythonPath: '/usr/bin/python3',
        bentomlHome: '~/store',
        envFile: '.env',
        bentos: [{ bento: 'a:svc', pythonPath: '', bentomlHome: '', envFile: '' }],
      }),
      0,
    );
    expect({ pythonPath, bentomlHome, envFile }).toEqual({ envFile: [] });
  });

  it('overrides the folder field by field, runners and variables by name', () => {
    const settings = parse({
      http: { port: 3000, apiWorkers: 2 },
      runners: { a: { port: 1, workers: 1 }, b: { workers: 2 } },
      env: { KEEP: '1', CHANGE: '1', DROP: '1' },
      bentos: [
        {
          bento: 'service:svc',
          workingDir: 'iris',
          http: { port: null, host: '::1' },
          runners: { a: { workers: 4 }, c: { timeout: 9 } },
          env: { CHANGE: '2', DROP: null },
        },
      ],
    });
    expect(settings.problems).toEqual([]);
    expect(settings.bentos[0]).toMatchObject({
      bento: 'service:svc',
      workingDir: '/projects/fraud/iris',
    });
    const merged = settingsFor(settings, 0);
    expect(merged.http).toMatchObject({ enabled: true, host: '::1', apiWorkers: 2 });
    expect(merged.runners).toEqual({
      a: { port: 1, workers: 4 },
      b: { workers: 2 },
      c: { timeout: 9 },
    });
    expect(merged.env).toEqual({ KEEP: '1', CHANGE: '2', DROP: null });
    expect(settingsFor(settings).http.port).toBe(3000);
    expect(settingsFor(settings, 7)).toBe(settings.defaults);
  });

  it('has its bad field named and left to the folder', () => {
    const settings = parse({
      http: { port: 3000 },
      bentos: [{ nonsense: 1 }, { bento: 'b:svc', http: { port: 'x' } }],
    });
    expect(settings.problems).toEqual([
      expect.objectContaining({ name: 'serveBento.bentos[0].bento' }),
      expect.objectContaining({ name: 'serveBento.bentos[0].nonsense' }),
      expect.objectContaining({ name: 'serveBento.bentos[1].http.port', entry: 0 }),
    ]);
    expect(settingsFor(settings, 0).http.port).toBe(3000);
  });

  it.each([
    [
      [{ bento: 'a:svc' }, { bento: 'b:svc' }, { bento: 'a:svc' }],
      'serveBento.bentos[2] is ignored: serveBento.bentos[0] already has "a:svc"; change or remove one of the two.',
    ],
    [
      [
        { bento: 'a:svc', name: 'x' },
        { bento: 'b:svc', name: 'x' },
      ],
      'serveBento.bentos[1] is ignored: serveBento.bentos[0] already has "x"; change or remove one of the two.',
    ],
    [
      [{ bento: 'a:svc', workingDir: '.' }, { bento: 'a:svc' }],
      'serveBento.bentos[1] is ignored: serveBento.bentos[0] already has "a:svc"; change or remove one of the two.',
    ],
  ])('that repeats another is refused and both are named: %j', (bentos, message) => {
    expect(messages({ bentos })).toEqual([message]);
  });

  it('may have the reference of another in another folder', () => {
    const bentos = [
      { bento: 'service:svc', workingDir: 'a' },
      { bento: 'service:svc', workingDir: 'b' },
    ];
    expect(parse({ bentos }).bentos.map(({ workingDir }) => workingDir)).toEqual([
      '/projects/fraud/a',
      '/projects/fraud/b',
    ]);
  });
});

describe('ports of one bento', () => {
  it('clash: the later one is named and left open', () => {
    const { defaults, problems } = parse({
      http: { port: 3000 },
      grpc: { enabled: true, port: 3000, metricsPort: 3001 },
      runners: { a: { port: 3001 } },
    });
    expect(problems.map(({ message }) => message)).toEqual([
      'serveBento.grpc.port is 3000, which is ignored: serveBento.http.port is the same port.',
      'serveBento.runners.a.port is 3001, which is ignored: serveBento.grpc.metricsPort is the same port.',
    ]);
    expect(defaults.grpc).not.toHaveProperty('port');
    expect(defaults.runners['a']).toEqual({});
  });

  it('clash in an entry with what the folder says', () => {
    const settings = parse({
      http: { port: 3000 },
      bentos: [{ bento: '.', runners: { a: { port: 3000 } } }],
    });
    expect(settings.problems).toMatchObject([
      {
        name: 'serveBento.bentos[0].runners.a.port',
        setting: 'serveBento.bentos',
        message:
          'serveBento.bentos[0].runners.a.port is 3000, which is ignored: serveBento.http.port is the same port.',
        entry: 0,
      },
    ]);
    expect(settingsFor(settings, 0).http.port).toBe(3000);
  });

  it('do not clash while gRPC is off', () => {
    expect(messages({ http: { port: 3000 }, grpc: { port: 3000 } })).toEqual([]);
  });
});
