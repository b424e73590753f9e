import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEnvFile } from '../../../src/core/settings/append-env-file';
import { readEnvFiles } from '../../../src/core/settings/env-files';

describe('readEnvFiles', () => {
  let folder: string;
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-bento-env-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('reads dotenv files, later ones winning', async () => {
    const first = await file('.env', 'A=1\nexport B="two words" # why\n\nC=\'$x\'\n__proto__=x\n');
    const second = await file('.env.local', 'A=2\r\nD="a\nb"\r\n');
    expect({ ...(await readEnvFiles([first, second], {})) }).toEqual({
      A: '2',
      B: 'two words',
      C: '$x',
      D: 'a\nb',
    });
  });

  it('expands variables: those above, also of an earlier file, then the environment, then the default', async () => {
    const first = await file(
      '.env',
      'BASE=/data\nMODELS=${BASE}/models\nLATE=${AFTER}x\nAFTER=1\n',
    );
    const second = await file(
      '.env.local',
      [
        'DEEP="${MODELS}/${NAME:-iris}/${OURS}"',
        'NONE=[${NOBODY}] $BASE ${BAD:x}',
        "RAW='${BASE:-y}'",
        'PATHS=${MODELS}:${MODELS}',
        'ONCE=${OURS}',
      ].join('\n'),
    );
    const environment = { OURS: '${BASE}', BASE: 'not this one' };
    expect({ ...(await readEnvFiles([first, second], environment, 'linux')) }).toEqual({
      BASE: '/data',
      MODELS: '/data/models',
      LATE: 'x',
      AFTER: '1',
      DEEP: '/data/models/iris/${BASE}',
      NONE: '[] $BASE ${BAD:x}',
      RAW: '/data',
      PATHS: '/data/models:/data/models',
      ONCE: '${BASE}',
    });
  });

  it('refuses values that grow without end', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => `A${at + 1}=\${A${at}}\${A${at}}`);
    const path = await file('.env', ['A0=0123456789', ...lines].join('\n'));
    await expect(readEnvFiles([path], {})).rejects.toMatchObject({
      code: 'settings',
      message: expect.stringMatching(
        /has values of more than 4 MiB, with "A\d+"\. Shorten them\./,
      ) as string,
    });
  });

  it('is quick with a megabyte of blank lines', async () => {
    const variables = await readEnvFiles([await file('blank', `${'\n'.repeat(1_000_000)}A=1`)], {});
    expect({ ...variables }).toEqual({ A: '1' });
  });

  it('gives nothing for no files', async () => {
    expect(Object.keys(await readEnvFiles([], {}))).toEqual([]);
  });

  it.each([
    [
      'missing',
      () => Promise.resolve(join(folder, 'missing')),
      'does not exist. Create it or correct the setting.',
    ],
    ['a folder', () => Promise.resolve(folder), 'is not a file. Name a file of variables.'],
    [
      'binary',
      () => file('bin', Uint8Array.of(65, 0, 66)),
      'is not a text file. Name a file of variables.',
    ],
    [
      'huge',
      () => file('huge', 'x'.repeat(1_048_577)),
      'is larger than 1 MiB. Name a file of variables.',
    ],
  ])('names a file that is %s', async (_, make, ending) => {
    const path = await make();
    await expect(readEnvFiles([path], {})).rejects.toMatchObject({
      code: 'settings',
      message: `The file "${path}" of the setting serveBento.envFile ${ending}`,
    });
  });

  it.each(['plain', 'two words # no comment', '"quoted" $HOME', "it's", 'a=b', ' spaces ', ''])(
    'reads back what is added to a file: %j',
    async (value) => {
      const path = await file('.env', 'A=1\nB=2');
      await appendEnvFile(path, 'B', value);
      await appendEnvFile(path, 'C', value);
      expect({ ...(await readEnvFiles([path], {})) }).toEqual({ A: '1', B: value, C: value });
    },
  );

  it('does not add what a file cannot hold, and follows no link', async () => {
    const path = await file('target', '');
    await expect(appendEnvFile(path, 'A', 'a\nB=1')).rejects.toThrow(/store it as a secret/);
    await expect(appendEnvFile(path, 'A', '${B}')).rejects.toThrow(/store it as a secret/);
    const link = join(folder, 'link');
    await symlink(path, link);
    await expect(appendEnvFile(link, 'A', 'x')).rejects.toThrow(/ELOOP/);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('makes a file that only its owner can read', async () => {
    const path = join(folder, 'new.env');
    await appendEnvFile(path, 'A', 'x');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
