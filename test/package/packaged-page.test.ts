import { describe, expect, it } from 'vitest';
import { deadTargets, packagedPage } from '../../scripts/package/packaged-page.mts';
import { pages, read } from '../support/pages';

const repository = { url: 'https://code.example/them/it', ref: 'v1.0.0' };
const withRepository = (text: string, page = 'README.md') =>
  packagedPage(text, { page, repository });
const without = (text: string, page = 'README.md') =>
  packagedPage(text, { page, repository: undefined });

describe('with a repository', () => {
  it.each([
    ['[TLS](docs/tls.md)', '[TLS](https://code.example/them/it/blob/v1.0.0/docs/tls.md)'],
    ['[a `b`](docs/a.md#c-d)', '[a `b`](https://code.example/them/it/blob/v1.0.0/docs/a.md#c-d)'],
    ['![Rows](media/a.png)', '![Rows](https://code.example/them/it/raw/v1.0.0/media/a.png)'],
    [
      '[![Rows](media/a.png)](docs/a.md)',
      '[![Rows](https://code.example/them/it/raw/v1.0.0/media/a.png)](https://code.example/them/it/blob/v1.0.0/docs/a.md)',
    ],
    [
      '<picture><source srcset="media/dark.png"><img src="media/a.png" alt=""></picture>',
      '<picture><source srcset="https://code.example/them/it/raw/v1.0.0/media/dark.png"><img src="https://code.example/them/it/raw/v1.0.0/media/a.png" alt=""></picture>',
    ],
  ])('%s leads there', (text, expected) => {
    expect(withRepository(text)).toBe(expected);
  });

  it('a page in a folder links from there', () => {
    expect(withRepository('[x](../SECURITY.md)', 'docs/a.md')).toBe(
      '[x](https://code.example/them/it/blob/v1.0.0/SECURITY.md)',
    );
    expect(() => withRepository('[x](../SECURITY.md)')).toThrow('outside the repository');
  });
});

describe('without a repository', () => {
  it.each([
    ['See [TLS](docs/tls.md), [a `b`](docs/a.md#c).', 'See TLS, a `b`.'],
    [
      '[BentoML](https://docs.bentoml.com) and [above](#serve)',
      '[BentoML](https://docs.bentoml.com) and [above](#serve)',
    ],
    ['![Rows](media/small.png)', ''],
    ['one\n\n![Rows](media/a.png)\n\ntwo', 'one\n\ntwo'],
    ['[![Rows](media/a.png)](docs/a.md)', ''],
    [
      '<picture>\n<source srcset="media/a.png">\n<img src="media/small.png" alt="x">\n</picture>',
      '',
    ],
    ['<picture><img src="media/a.png"></picture>', ''],
  ])('%j has no dead link and no broken picture', (text, expected) => {
    expect(without(text)).toBe(expected);
  });
});

it('code is left as it is', () => {
  const text =
    '`[x](y.md)` and\n\n```ts\na[1](b); // [x](y.md) ![z](z.png) <img src="a.png">\n```\n';
  expect(without(text)).toBe(text);
  expect(withRepository(text)).toBe(text);
});

it.each(['README.md', 'CHANGELOG.md', 'SECURITY.md'])(
  '%s leads nowhere else, with and without',
  (page) => {
    expect(pages).toContain(page);
    expect(deadTargets(without(read(page), page))).toEqual([]);
    const packaged = withRepository(read(page), page);
    expect(deadTargets(packaged)).toEqual([]);
    if (page === 'README.md') {
      expect(deadTargets(read(page)).length).toBeGreaterThan(10);
      expect(packaged).toContain('<img src="https://code.example/them/it/raw/v1.0.0/media/');
    }
  },
);
