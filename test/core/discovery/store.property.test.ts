import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../../src/core/discovery/files/file-tree';
import { storeBentos } from '../../../src/core/discovery/store';
import { parseBento } from '../../../src/core/discovery/store-descriptions';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { isUnpolluted, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';
import { ListLog } from './temporary-folder';

const pieces = [
  ...['runners:', 'services:', 'entry_service: ', 'bentoml_version: ', '- name: a\n', '- '],
  ...['name: ', '\n', 'a', '[', ']', '{', '}', ',', '&a ', '*a', '  ', '!!', '"', "'", '|', '>'],
  ...['? ', ': ', '#', '__proto__', 'constructor', '\t', '---\n', '%', '~', '1', '\ud800'],
];

const read = (content: string): ReturnType<typeof parseBento> | undefined => {
  try {
    return parseBento(content, 'b');
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return undefined;
  }
};

describe('bento.yaml', () => {
  it('is a bento whose components can be told apart, or no YAML, whatever is in it', () => {
    const property = fc.property(
      fc.constantFrom('', 'runners:\n', 'services:\n', 'services: [{name: a}, {name: a}]\n'),
      textOf(pieces),
      (start, content) => {
        const bento = read(start + content);
        if (bento === undefined) return;
        const ids = bento.components.map(({ kind, name }) => `${kind}:${name}`);
        expect(new Set(ids).size).toBe(ids.length);
        expect(bento.components.at(-1)).toMatchObject({ kind: 'http' });
        for (const { name } of bento.components) expect(typeof name).toBe('string');
        expect(isUnpolluted()).toBe(true);
      },
    );
    check(property, 700);
  });

  it('takes time in proportion to its length', long, async () => {
    const starts = ['', 'runners:\n', 'services: ', 'services:\n  ', 'services:\n- name: '];
    const property = fc.asyncProperty(
      fc.constantFrom(...starts),
      pumped(pieces),
      async (start, input) => {
        await expectProportional(read, { ...input, before: start + input.before }, 32 * 1024);
      },
    );
    await checkAsync(property, 30);
  });

  it('tells its components whatever else BentoML writes', () => {
    const name = fc.stringMatching(/^[A-Za-z]\w{0,10}$/);
    const property = fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
      fc.nat(1000),
      (services, filler) => {
        const [entry = ''] = services;
        const schema = `schema:\n${'  key:\n  - name: runners\n'.repeat(filler)}`;
        const list = services.map((service) => `- name: ${JSON.stringify(service)}\n  x: 1\n`);
        const content = `${schema}services:\n${list.join('')}${schema}entry_service: "${entry}"\n`;
        expect(parseBento(content, 'b').components).toEqual([
          ...services.slice(1).map((service) => ({ kind: 'service', name: service })),
          { kind: 'http', name: entry },
        ]);
      },
    );
    check(property, 50);
  });
});

describe('the store', () => {
  const names = ['iris', 'a b', '--host', '..', 'a:b', '__proto__', 'latest', 'v1', '\n', 'é'];
  const directory = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      kind: fc.constantFrom('file', 'directory', 'link', 'other'),
    }),
    { maxLength: 6 },
  );

  it('lists bentos by tags that BentoML takes, whatever the file system says', async () => {
    const property = fc.asyncProperty(
      fc.infiniteStream(directory),
      fc.infiniteStream(fc.oneof(textOf(pieces, 10), fc.constant(undefined), fc.constant(null))),
      async (lists, contents) => {
        const next = <T>(stream: Iterator<T>): T => stream.next().value as T;
        const files: FileTree = {
          list: () => Promise.resolve(next(lists)),
          read: () => {
            const content = next(contents);
            if (content === null) return Promise.reject(new Error('refused'));
            return Promise.resolve(content === undefined ? undefined : Buffer.from(content));
          },
          kind: () => Promise.resolve(undefined),
          modified: () =>
            next(contents) === null ? Promise.reject(new Error('gone')) : Promise.resolve(NaN),
          realPath: (path) => Promise.resolve(path),
        };
        const bentos = await storeBentos({ home: '/home', files, log: new ListLog(), limit: 5 });
        expect(bentos.length).toBeLessThanOrEqual(5);
        for (const { reference, id } of bentos) {
          expect(reference).toMatch(/^[A-Za-z0-9][\w.-]*:[A-Za-z0-9][\w.-]*$/);
          expect(id).toBe(`store:${reference}`);
        }
      },
    );
    await checkAsync(property, 300);
  });
});
