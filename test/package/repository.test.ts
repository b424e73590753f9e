import { describe, expect, it } from 'vitest';
import { packagedManifest } from '../../scripts/package/packaged-manifest.mts';
import { repositoryOf } from '../../scripts/package/repository.mts';

const workflow = {
  GITHUB_SERVER_URL: 'https://code.example',
  GITHUB_REPOSITORY: 'them/it',
  GITHUB_SHA: '0123abc',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'main',
};

describe('the repository of a package', () => {
  it('is the one that the workflow runs in, at its tag or commit', () => {
    const url = 'https://code.example/them/it';
    expect(repositoryOf(workflow)).toEqual({ url, ref: '0123abc' });
    const tag = { ...workflow, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.2.3' };
    expect(repositoryOf(tag)).toEqual({ url, ref: 'v1.2.3' });
  });

  it('is none elsewhere', () => {
    expect(repositoryOf({})).toBeUndefined();
    expect(repositoryOf({ GITHUB_SERVER_URL: 'https://code.example' })).toBeUndefined();
  });

  it.each([
    { GITHUB_REPOSITORY: 'them' },
    { GITHUB_REPOSITORY: 'them/it/../x' },
    { GITHUB_SERVER_URL: 'http://code.example' },
    { GITHUB_SHA: undefined },
  ])('%j is an error', (change) => {
    expect(() => repositoryOf({ ...workflow, ...change })).toThrow();
  });
});

describe('the packaged manifest', () => {
  const manifest = {
    name: 'it',
    version: '1.0.0',
    private: true,
    scripts: {},
    devDependencies: {},
  };

  it('has the addresses of the repository', () => {
    const url = 'https://code.example/them/it';
    expect(packagedManifest(manifest, { url, ref: 'v1.0.0' })).toEqual({
      name: 'it',
      version: '1.0.0',
      repository: { type: 'git', url: `${url}.git` },
      bugs: { url: `${url}/issues` },
      homepage: `${url}#readme`,
    });
  });

  it('invents none', () => {
    expect(packagedManifest(manifest, undefined)).toEqual({ name: 'it', version: '1.0.0' });
  });
});
