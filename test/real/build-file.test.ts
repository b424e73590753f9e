import { describe, expect, it } from 'vitest';
import { askBentoml } from '../support/bentoml-serve';
import { itEach } from '../support/long';
import { testHarness } from '../support/test-harness';

const harnesses = testHarness();

async function post(url: string, route: string, type: string, body: string): Promise<unknown> {
  const headers = { 'content-type': type };
  const response = await fetch(`${url}/${route}`, { method: 'POST', headers, body });
  return response.json();
}

const read = (url: string): Promise<unknown> => post(url, 'read', 'application/json', '{}');

/** Serves a sample by its build file, as the row of a project does. */
async function served(
  python: string,
  sample: string,
  settings: object = {},
  buildFile = 'bentofile.yaml',
): Promise<string> {
  const reference = sample === 'build-file-legacy' ? 'service:svc' : 'service:Reader';
  const harness = harnesses.set({
    ...{ python, reference, settings },
    sample: `test/fixtures/bentos/${sample}`,
    buildFile,
  });
  const [bento] = harness.registry.bentos;
  const { components } = await harness.registry.serve(bento?.id ?? '');
  return components.find(({ id }) => id === 'http')?.url ?? '';
}

describe.skipIf(process.platform === 'win32')('a project', () => {
  it('answers as with `bentoml serve .`: arguments and model aliases of its build file hold', async () => {
    const python = harnesses.pythons['bentoml-1.4'];
    const sample = 'test/fixtures/bentos/build-file';
    const theirs = await askBentoml(
      { python, sample, reference: '.', args: ['--arg', 'pages=7'] },
      read,
    );
    expect(theirs).toEqual({ size: 'large', pages: 7, flowers: ['iris', 'iris'], envs: null });
    const args = { pages: 7 };
    expect(await read(await served(python, 'build-file', { args }))).toEqual(theirs);
    await harnesses.dispose();
    expect(await read(await served(python, 'build-file', { args, launcher: 'cli' }))).toEqual(
      theirs,
    );
  });

  itEach([['workers']], [['cli']])(
    'has arguments and model aliases of a build file that BentoML does not read by itself, with the launcher %s',
    async (launcher) => {
      const python = harnesses.pythons['bentoml-1.4'];
      const settings = { launcher, args: { pages: 7 } };
      const url = await served(python, 'build-file', settings, 'deploy/bentofile-gpu.yaml');
      expect(await read(url)).toEqual({
        ...{ size: 'huge', pages: 7, flowers: ['iris', 'iris'], envs: null },
      });
    },
  );

  itEach([['workers', 'onServe']], [['cli', 'off']])(
    'has the aliases of such a build file with BentoML 1.3, which sets others when it imports a class service: launcher %s, warm-up %s',
    async (launcher, warmUp) => {
      const python = harnesses.pythons['bentoml-1.3'];
      const settings = { launcher, warmUp };
      const url = await served(python, 'build-file-aliases', settings, 'bentofile-gpu.yaml');
      expect(await read(url)).toEqual({ flowers: ['iris', 'iris'] });
    },
  );

  itEach([['workers']], [['cli']])(
    'with runners has the aliases of such a build file, with the launcher %s',
    async (launcher) => {
      const python = harnesses.pythons['bentoml-1.1'];
      const url = await served(python, 'build-file-legacy', { launcher }, 'bentofile-other.yaml');
      expect(await post(url, 'read', 'text/plain', 'x')).toEqual({ flowers: ['iris', 'iris'] });
    },
  );

  it('with runners has the model aliases in its API and in its runners', async () => {
    const python = harnesses.pythons['bentoml-1.1'];
    const url = await served(python, 'build-file-legacy');
    expect(await post(url, 'read', 'text/plain', 'x')).toEqual({ flowers: ['iris', 'iris'] });
  });
});
