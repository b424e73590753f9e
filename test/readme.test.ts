import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageWithSettings } from '../scripts/settings-table.mts';
import { restrictedSettings } from '../src/core/settings/raw-settings';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const readme = read('README.md');

/** What is between a heading and the next one of its rank. */
function section(title: string): string {
  const found = readme.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`README.md has no section "${title}"`);
  return found;
}

const firstCells = (text: string): readonly string[] =>
  [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell ?? '');

describe('docs/settings.md', () => {
  it('lists the settings of the manifest (else: npm run settings-table)', async () => {
    const page = read('docs/settings.md');
    expect(await pageWithSettings(page)).toBe(page);
  });
});

describe('README.md', () => {
  it('says of every problem code what it means, and of no other', () => {
    const union = /type ProblemCode =([^;]+);/.exec(read('src/core/model.ts'))?.[1] ?? '';
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect([...firstCells(section('Troubleshooting'))].sort()).toEqual([...codes].sort());
  });

  it('names every command as the palette does', () => {
    const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
    const titles = Object.entries(words)
      .filter(([key]) => key.startsWith('command.'))
      .map(([, title]) => title);
    const named = [...section('Commands').matchAll(/^\| \*\*([^*]+)\*\*/gm)].map(([, t]) => t);
    expect([...named].sort()).toEqual([...titles].sort());
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'])(
    '%s and its kind link to what is there',
    (file) => {
      const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => to);
      expect(links.filter((to) => !existsSync(path.join(root, to ?? '')))).toEqual([]);
    },
  );
});

describe('SECURITY.md', () => {
  it('names every setting that does not count in an untrusted workspace', () => {
    const [line = ''] =
      /Settings of an untrusted workspace do not count.*/.exec(read('SECURITY.md')) ?? [];
    const named = [...line.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const groups = restrictedSettings.map((key) => key.replace(/\.tls\..*/, '.tls.*'));
    expect([...new Set(groups)].sort()).toEqual([...named].sort());
  });
});
