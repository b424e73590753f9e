import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BentoCatalog } from '../../../src/core/discovery/bento-catalog';
import { parseBuildFile } from '../../../src/core/discovery/build-file';
import { classService, legacyService, ListLog, temporaryFolder } from './temporary-folder';

async function catalogOf(
  folder: string,
  isConfined = true,
): Promise<{ catalog: BentoCatalog; log: ListLog }> {
  const log = new ListLog();
  const catalog = new BentoCatalog({ folder, exclude: [], entries: [], log, isConfined });
  await catalog.refresh();
  return { catalog, log };
}

const ids = ({ bentos }: BentoCatalog): readonly string[] => bentos.map(({ id }) => id);

describe('a build file that would hold the window up is refused', () => {
  const deep = 'it is nested too deeply';
  const many = 'it has too many brackets, tags or anchors';
  test.each([
    ['brackets', '['.repeat(60_000), deep],
    ['few brackets', `service: ${'['.repeat(21)}`, deep],
    ['closed brackets', `service: ${'['.repeat(5_000)}${']'.repeat(5_000)}`, deep],
    ['braces', `service: ${'{a: '.repeat(10_000)}`, deep],
    [
      'brackets with their ends in comments',
      'service:\n  [ #]\n'.concat('  [ #]\n'.repeat(99)),
      deep,
    ],
    ['brackets with their ends in quotes', `service: ${'["]", '.repeat(100)}`, deep],
    ['keys on a line', `service: ${'? '.repeat(1_000)}`, deep],
    ['tags', `service: ${'!a '.repeat(20_000)}`, many],
    ['lists side by side', `service: [${'[],'.repeat(20_000)}]`, many],
  ])('for %s', (_, content, reason) => {
    expect(() => parseBuildFile('bentofile.yaml', content)).toThrow(reason);
  });

  test('for arrays in arrays of pyproject.toml', () => {
    const content = `[tool.bentoml.build]\nx = ${'['.repeat(1_000)}`;
    expect(() => parseBuildFile('pyproject.toml', content)).toThrow('nested');
  });

  test('but not for what people write', () => {
    const content = [
      '# [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ {{{{',
      'service: "service:A"  # ]]]',
      'name: \'it is "[[[[[[[[[[[[[[[[[[[[[[[[[["\'',
      'labels: {a: [b, {c: d}], owner: "x]"}',
      ...Array.from({ length: 300 }, (_, index) => `args${index.toString()}: [1, {a: 2}]`),
    ].join('\n');
    expect(parseBuildFile('bentofile.yaml', content)).toEqual({
      service: 'service:A',
      name: 'it is "[[[[[[[[[[[[[[[[[[[[[[[[[["',
    });
  });

  test('and the rest of the folder is found, with a word for each in the log', async () => {
    const hostile = Array.from({ length: 300 }, (_, index) => [
      `d${index.toString()}/bentofile.yaml`,
      '['.repeat(60_000),
    ]);
    const folder = await temporaryFolder({
      ...(Object.fromEntries(hostile) as Record<string, string>),
      'service.py': classService('A'),
    });
    const { catalog, log } = await catalogOf(folder);
    expect(ids(catalog)).toEqual(['service.py:A']);
    const warnings = log.lines.filter((line) => line.startsWith('warn Cannot read'));
    expect(warnings).toHaveLength(300);
    expect(warnings[0]).toMatch(/bentofile\.yaml: it is nested too deeply\. Correct it/);
  });
});

describe.skipIf(process.platform === 'win32')('links out of a folder', () => {
  test('are followed only where it is trusted', async () => {
    const other = await temporaryFolder({
      'secret.py': legacyService('secret'),
      'in/deep.py': legacyService('deep'),
      'bentofile.yaml': 'service: secret:svc\n',
    });
    const folder = await temporaryFolder({
      'own/a.py': legacyService('own'),
      'bentofile.yaml': 'service: out.secret:svc\n',
      'b/bentofile.yaml': 'service: linked:svc\n',
      'c.py': 'from out.secret import svc as theirs\nimport bentoml\nsvc = theirs\n',
    });
    await symlink(other, join(folder, 'out'));
    await symlink(join(other, 'secret.py'), join(folder, 'linked.py'));
    await symlink(join(other, 'bentofile.yaml'), join(folder, 'own/bentofile.yaml'));
    await symlink('/proc', join(folder, 'proc'));
    await symlink(join(folder, 'own'), join(folder, 'inner'));
    await symlink(join(folder, 'own/a.py'), join(folder, 'again.py'));
    const { catalog } = await catalogOf(folder);
    // What the build files name is not in the workspace: they keep their rows, which tell nothing of other files.
    expect(catalog.bentos.map(({ id, file }) => [id, file]).sort()).toEqual(
      [
        ['again.py:svc', join(folder, 'again.py')],
        ['b/bentofile.yaml', undefined],
        ['bentofile.yaml', undefined],
        ['own/a.py:svc', join(folder, 'own/a.py')],
      ].sort(),
    );
    await catalog.configure({ exclude: ['proc'], entries: [], isConfined: false });
    expect(ids(catalog)).toContain('linked.py:svc');
    expect(ids(catalog)).toContain('out/in/deep.py:svc');
    await catalog.configure({ exclude: ['proc'], entries: [], isConfined: true });
    expect(ids(catalog)).not.toContain('linked.py:svc');
  });

  test('are not seen when a file changes, either', async () => {
    const other = await temporaryFolder({ 'secret.py': legacyService('secret') });
    const folder = await temporaryFolder({ 'a.py': legacyService('a') });
    const { catalog } = await catalogOf(folder);
    await symlink(join(other, 'secret.py'), join(folder, 'linked.py'));
    await symlink(other, join(folder, 'out'));
    await catalog.changed(join(folder, 'linked.py'));
    await catalog.changed(join(folder, 'out'));
    await catalog.changed(join(folder, 'out/secret.py'));
    expect(ids(catalog)).toEqual(['a.py:svc']);
  });

  test('and pipes, devices and sockets are never opened', async () => {
    const folder = await temporaryFolder({ 'a.py': legacyService('a') });
    execFileSync('mkfifo', [join(folder, 'pipe.py'), join(folder, 'bentofile.yaml')]);
    await symlink('/dev/zero', join(folder, 'zero.py'));
    await symlink(join(folder, 'pipe.py'), join(folder, 'linked.py'));
    for (const isConfined of [true, false]) {
      const { catalog } = await catalogOf(folder, isConfined);
      await catalog.changed(join(folder, 'pipe.py'));
      await catalog.changed(join(folder, 'bentofile.yaml'));
      expect(ids(catalog)).toEqual(['a.py:svc']);
    }
  });
});
