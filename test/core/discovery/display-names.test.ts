import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import { displayNames } from '../../../src/core/discovery/display-names';
import { discovered } from '../../support/bentos';
import { check } from '../../support/properties';

/** A service of a Python file. */
const inFile = (file: string, attribute = 'svc', name = 'Service'): DiscoveredBento =>
  discovered({
    id: `${file}:${attribute}`,
    name,
    file,
    workingDir: file.slice(0, file.lastIndexOf('/')),
    reference: `service:${attribute}`,
  });

const inStore = (tag: string, name: string): DiscoveredBento =>
  discovered({
    id: `store:${tag}`,
    name,
    source: 'store',
    reference: tag,
    workingDir: `/home/me/bentoml/bentos/${tag.replace(':', '/')}`,
  });

const watched = (folder: string, address: string): DiscoveredBento =>
  discovered({
    id: `${folder}:watch:Service`,
    name: 'Service',
    source: 'remote',
    folder,
    workingDir: folder,
    reference: '',
    addresses: [address],
  });

const namesOf = (...bentos: readonly DiscoveredBento[]): readonly (string | undefined)[] => {
  const names = displayNames(bentos);
  return bentos.map(({ id }) => names.get(id));
};

describe('the names of bentos that are shown', () => {
  it('are their own where no other bento has them', () => {
    expect(
      namesOf(inFile('/w/a/service.py', 'A', 'A'), inFile('/w/b/service.py', 'B', 'B')),
    ).toEqual(['A', 'B']);
  });

  it.each<[string, readonly DiscoveredBento[], readonly string[]]>([
    [
      'two folders',
      [inFile('/w/fraud/service.py'), inFile('/w/spam/service.py')],
      ['Service (fraud)', 'Service (spam)'],
    ],
    [
      'the folder that is open, one in it, and one below that',
      [inFile('/w/service.py'), inFile('/w/fraud/service.py'), inFile('/w/spam/fraud/service.py')],
      ['Service (w)', 'Service (w/fraud)', 'Service (spam/fraud)'],
    ],
    [
      'folders of a multi-root window with the same name',
      [inFile('/one/api/service.py'), inFile('/two/api/service.py')],
      ['Service (one/api)', 'Service (two/api)'],
    ],
    [
      'three modules of a folder',
      [inFile('/w/a.py'), inFile('/w/b.py'), inFile('/w/c.py')],
      ['Service (a.py)', 'Service (b.py)', 'Service (c.py)'],
    ],
    [
      'modules of several folders',
      [inFile('/w/fraud/a.py'), inFile('/w/fraud/b.py'), inFile('/w/spam/a.py')],
      ['Service (fraud/a.py)', 'Service (b.py)', 'Service (spam/a.py)'],
    ],
    [
      'two services of a module',
      [inFile('/w/service.py', 'first'), inFile('/w/service.py', 'second')],
      ['Service (service.py:first)', 'Service (service.py:second)'],
    ],
    [
      'versions in the store that settings give one name',
      [inStore('iris:v1', 'Iris'), inStore('iris:v2', 'Iris')],
      ['Iris (v1)', 'Iris (v2)'],
    ],
    [
      'a bento that is built and its source',
      [inStore('service:v1', 'Service'), inFile('/w/fraud/service.py')],
      ['Service (v1)', 'Service (fraud)'],
    ],
    [
      'one here and one elsewhere',
      [inFile('/w/service.py'), watched('/w', 'http://10.0.0.1:3000')],
      ['Service (service.py)', 'Service (10.0.0.1:3000)'],
    ],
    [
      'the same settings for different profiles of one bento',
      [
        inFile('/w/service.py'),
        { ...inFile('/w/service.py'), id: '/w/service.py:svc#Service', source: 'settings' },
      ],
      ['Service (/w/service.py:svc)', 'Service (/w/service.py:svc#Service)'],
    ],
    [
      'folders of Windows',
      [
        discovered({ id: 'fraud', name: 'Service', workingDir: String.raw`C:\w\fraud` }),
        discovered({ id: 'spam', name: 'Service', workingDir: String.raw`C:\w\spam` }),
      ],
      ['Service (fraud)', 'Service (spam)'],
    ],
  ])('tell apart %s', (_, bentos, expected) => {
    expect(namesOf(...bentos)).toEqual(expected);
    expect(namesOf(...[...bentos].reverse())).toEqual([...expected].reverse());
  });

  it('tell apart a bento that is named as another one is shown', () => {
    const [first, second] = [inFile('/w/fraud/service.py'), inFile('/w/spam/service.py')];
    const third = inFile('/w/x.py', 'x', 'Service (fraud)');
    expect(new Set(namesOf(first, second, third)).size).toBe(3);
  });

  it('are different for all bentos, and begin with their names', () => {
    const part = fc.constantFrom('a', 'b', 'ab');
    const bentos = fc.uniqueArray(
      fc
        .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), part, part, part)
        .map(([folders, file, attribute, name]) =>
          inFile(`/${folders.join('/')}/${file}.py`, attribute, name),
        ),
      { selector: ({ id }) => id, maxLength: 12 },
    );
    check(
      fc.property(bentos, (all) => {
        const names = namesOf(...all);
        expect(new Set(names).size).toBe(all.length);
        for (const [index, { name }] of all.entries())
          expect(names[index]).toMatch(RegExp(`^${name}`));
      }),
    );
  });
});
