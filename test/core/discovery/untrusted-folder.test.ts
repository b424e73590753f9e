import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { BentoCatalog } from '../../../src/core/discovery/bento-catalog';
import { parseBuildFile } from '../../../src/core/discovery/build-file/build-file';
import { nodeFileTree } from '../../../src/core/discovery/files/file-tree';
import { FolderSources } from '../../../src/core/discovery/folder-sources';
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

const steps = (mark: string): string =>
  Array.from({ length: 100 }, (_, level) => `${' '.repeat(level)}${mark}\n`).join('');

const ids = ({ bentos }: BentoCatalog): readonly string[] => bentos.map(({ id }) => id);

describe('a build file that would hold the window up is refused', () => {
  const deep = 'it is nested too deeply';
  const many = 'it has too many brackets, tags or anchors';
  test.each([
    ['brackets', '['.repeat(8_000), deep],
    ['few brackets', `service: ${'['.repeat(21)}`, deep],
    ['closed brackets', `service: ${'['.repeat(3_000)}${']'.repeat(3_000)}`, deep],
    ['braces', `service: ${'{a: '.repeat(2_000)}`, deep],
    [
      'brackets with their ends in comments',
      'service:\n  [ #]\n'.concat('  [ #]\n'.repeat(99)),
      deep,
    ],
    ['brackets with their ends in quotes', `service: ${'["]", '.repeat(100)}`, deep],
    ['keys on a line', `service: ${'? '.repeat(1_000)}`, deep],
    ['tags', `service: ${'!a '.repeat(2_500)}`, many],
    ['lists side by side', `service: [${'[],'.repeat(2_500)}]`, many],
    ['brackets between apostrophes', `a: x '\nb: ${'['.repeat(1_900)}\nc: x '`, deep],
    ['keys by indentation', steps('? '), deep],
    ['items by indentation', steps('-'), deep],
    ['what is long', `service: ${'a'.repeat(9_000)}`, 'it is too long'],
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

  test.each([
    ['colons', '  : : :\n'.repeat(7_000)],
    ['commas', `  [${','.repeat(60_000)}]`],
    ['items', '  - \n'.repeat(12_000)],
    ['keys by indentation', steps('? ')],
    ['brackets', `  ${'['.repeat(60_000)}`],
    ['pairs', `  {${Array.from({ length: 5_000 }, (_, n) => `a${n.toString()}: b`).join(', ')}}`],
    ['aliases', `  - &a b\n${'  - *a\n'.repeat(4_000)}`],
    ['a few aliases', `  - &a b\n${'  - *a\n'.repeat(100)}`],
    ['an alias of nothing', '  - *nowhere\n'],
  ])('but args of too many %s leave its service and its name', (_, lines) => {
    const content = `service: service:A\nargs:\n${lines}\nname: n\n`;
    const from = process.cpuUsage();
    const build = parseBuildFile('bentofile.yaml', content);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1000).toBeLessThan(400);
    expect(build).toMatchObject({ service: 'service:A', name: 'n' });
    expect(build?.variantProblem?.inLog).toBeTypeOf('string');
  });

  test('and the rest of the folder is found, with a word for each in the log', async () => {
    const hostile = Array.from({ length: 300 }, (_, index) => [
      `d${index.toString()}/bentofile.yaml`,
      '['.repeat(8_000),
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

  test('each in its own turn of the event loop, and only for so long', async () => {
    const name = (index: number): string => `d${index.toString().padStart(2, '0')}/bentofile.yaml`;
    const files = Array.from({ length: 40 }, (_, index) => [name(index), `name: n\n`]);
    const folder = await temporaryFolder(Object.fromEntries(files) as Record<string, string>);
    const log = new ListLog();
    const options = { folder, excluded: () => false, files: nodeFileTree, log };
    const sources = new FolderSources(options);
    let turn = 0;
    let isOver = false;
    const count = (): void => {
      turn++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    let now = 0;
    // Each call is the start or the end of one parse, which takes 250 ms.
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      turns.push(turn);
      return (now += 250);
    });
    onTestFinished(() => {
      isOver = true;
      clock.mockRestore();
    });
    await sources.read();
    expect(sources.builds.size).toBe(12);
    expect(new Set(turns).size).toBe(12);
    expect(log.lines).toEqual([
      expect.stringMatching(
        /^warn Did not read 28 build files in .*: reading the others took 3 sec/,
      ),
    ]);
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
