import { describe, expect, it } from 'vitest';
import { planRequest } from '../../../src/core/plan/plan-request';
import type { Exposure } from '../../../src/core/exposure/exposure';
import { ServePrerequisites } from '../../../src/core/registry/serve-prerequisites';
import type { RegistryContext } from '../../../src/core/registry/registry-context';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import { cancelled, problemOf, ServeError } from '../../../src/core/problem';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { PrivilegedVariable } from '../../../src/core/settings/privileged-variables';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { discovered } from '../../support/bentos';
import { sourcesOf } from '../../support/sources-of';

const { http } = defaultSettings;
const options = { signal: new AbortController().signal, onPhase: () => undefined };

function questions(settings: Partial<ServeSettings>, sources: Partial<BentoSources> = {}) {
  const asked: string[] = [];
  const own = { ...defaultSettings, ...settings };
  const context = {
    processEnv: {},
    assertTrusted: () => undefined,
    confirmVariables: (_: unknown, variables: readonly PrivilegedVariable[]) => {
      asked.push(...variables.map(({ name, value }) => `${name}=${value}`));
      return Promise.resolve();
    },
    confirmExposures: (_: unknown, exposed: readonly Exposure[]) => {
      asked.push(...exposed.map(({ kind, component, host }) => `${kind} ${component} ${host}`));
      return Promise.resolve();
    },
    loadServing: () => Promise.resolve({ planRequest }),
  } as unknown as RegistryContext;
  const bento = discovered();
  const made = new ServePrerequisites(context, sourcesOf(bento, own, sources));
  return { asked, serve: () => made.toServe(bento, options) };
}

it('reads env files once: what was asked about is what is used, whatever is in the file by then', async () => {
  let reads = 0;
  const { asked, serve } = questions(
    {},
    {
      fileVariables: () => Promise.resolve({ LD_PRELOAD: `${++reads}.so` }),
      privilegedVariables: (_, __, files) =>
        Object.entries(files).map(([name, value]) => ({ name, value })),
      environmentFor: (_, __, ___, files) => Promise.resolve(files),
    },
  );
  const { env, fileVariables } = await serve();
  expect(asked).toEqual(['LD_PRELOAD=1.so']);
  expect(env).toEqual({ LD_PRELOAD: '1.so' });
  expect(fileVariables).toEqual(env);
  expect(reads).toBe(1);
});

it('asks about a server that others can reach, and about a remote runner', async () => {
  const runners = { lower: { remote: 'tcp://10.0.0.2:1' } };
  const { asked, serve } = questions({ runners, http: { ...http, host: '0.0.0.0' } });
  await serve();
  expect(asked).toEqual(['service http 0.0.0.0', 'remote lower tcp://10.0.0.2:1']);
});

it.each<[string, Partial<ServeSettings>, string]>([
  ['http', { http: { ...http, host: '203.0.113.7', port: 80 } }, '203.0.113.7:80'],
  ['upper', { runners: { upper: { host: '2001:db8::7' } } }, '2001:db8::7'],
])(
  'refuses an address of another machine before anybody is asked: %s',
  async (name, own, address) => {
    const { asked, serve } = questions(own);
    const message = `${address} is not an address of this machine: change the host of ${name} in the settings.`;
    await expect(serve()).rejects.toMatchObject({ code: 'port-in-use', message });
    expect(asked).toEqual([]);
  },
);

it('refuses a runner on all addresses before anybody is asked', async () => {
  const { asked, serve } = questions({ runners: { upper: { host: '0.0.0.0' } } });
  await expect(serve()).rejects.toMatchObject({ code: 'settings' });
  expect(asked).toEqual([]);
});

it('leaves a runner on all addresses to the user', async () => {
  const runners = { upper: { host: '::' } };
  const usersOwnSettings = () => ({ ...defaultSettings, runners });
  const { asked, serve } = questions({ runners }, { usersOwnSettings });
  await serve();
  expect(asked).toEqual(['code upper ::']);
});

type Step = string;

/** What happens before a serve, in this order. */
const steps: readonly Step[] = [
  ...['trust', 'settings', 'modules', 'files', 'variables', 'interpreter', 'exposures', 'secrets'],
];

/** Everything that is done for a serve, as far as `fails` or `cancelledBy`. */
function recorded({ fails, cancelledBy }: { readonly fails?: Step; readonly cancelledBy?: Step }) {
  const done: Step[] = [];
  const cancel = new AbortController();
  const act = (step: Step): void => {
    done.push(step);
    if (step === cancelledBy) cancel.abort();
    if (step === fails) throw new ServeError({ code: 'settings', message: `${step} failed` });
  };
  // After the caller has gone on, as what reads files or asks people does.
  const later = async <T>(step: Step, value: T): Promise<T> => {
    await Promise.resolve();
    act(step);
    return value;
  };
  const bento = discovered();
  const found = {
    path: '/python',
    version: '3.12.1',
    bentomlVersion: '1.4.38',
    origin: 'the test',
  };
  const context = {
    processEnv: {},
    assertTrusted: () => act('trust'),
    loadServing: () => later('modules', { planRequest }),
    confirmVariables: () => later('variables', undefined),
    confirmExposures: () => later('exposures', undefined),
  } as unknown as RegistryContext;
  const sources = sourcesOf(bento, defaultSettings, {
    settingsFor: () => {
      act('settings');
      return defaultSettings;
    },
    fileVariables: () => later('files', {}),
    findInterpreter: (_, __, signal) =>
      later('interpreter', found).then((one) => {
        if (signal.aborted) throw cancelled();
        return one;
      }),
    environmentFor: () => later('secrets', { PATH: '/bin' }),
  });
  const asked = { signal: cancel.signal, onPhase: () => undefined };
  const serve = () =>
    new ServePrerequisites(context, sources).toServe(bento, asked).then(
      () => 'done',
      (error: unknown) => problemOf(error).code,
    );
  return { done, serve };
}

describe('before a serve', () => {
  it('everything is found out and asked in one order', async () => {
    const { done, serve } = recorded({});
    expect([await serve(), done]).toEqual(['done', steps]);
  });

  it.each(steps)('what fails ends it, and nobody is asked after that: %s', async (step) => {
    const { done, serve } = recorded({ fails: step });
    expect([await serve(), done]).toEqual(['settings', steps.slice(0, steps.indexOf(step) + 1)]);
  });

  /** Questions to people, and what follows them. */
  const questionsAfter = (step: Step): readonly Step[] =>
    steps
      .slice(steps.indexOf(step) + 1)
      .filter((one) => ['variables', 'exposures', 'secrets'].includes(one));

  it.each(steps.filter((step) => questionsAfter(step).length > 0))(
    'nobody is asked any more once it is cancelled: %s',
    async (step) => {
      const { done, serve } = recorded({ cancelledBy: step });
      expect(await serve()).toBe('cancelled');
      expect(done.filter((one) => questionsAfter(step).includes(one))).toEqual([]);
    },
  );
});

it('asks for no password of a key once it is cancelled', async () => {
  const cancel = new AbortController();
  let passwords = 0;
  const context = {
    clock: { date: () => 0 },
    keyPassword: () => Promise.resolve(`password ${++passwords}`),
    loadServing: () =>
      Promise.resolve({
        serversTls: async (
          _: unknown,
          { keyPassword }: { keyPassword: (file: string, again: boolean) => Promise<string> },
        ) => {
          await keyPassword('key.pem', false);
          cancel.abort();
          await keyPassword('key.pem', true);
        },
      }),
  } as unknown as RegistryContext;
  const bento = discovered();
  const prerequisites = new ServePrerequisites(context, sourcesOf(bento, defaultSettings));
  const asked = { signal: cancel.signal, onPhase: () => undefined };
  await expect(prerequisites.certificates(bento, defaultSettings, asked)).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(passwords).toBe(1);
});
