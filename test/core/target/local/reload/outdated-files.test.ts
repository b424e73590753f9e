import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutdatedFiles } from '../../../../../src/core/target/local/reload/outdated-files';
import {
  parseWorkerNotes,
  type PlaceKind,
} from '../../../../../src/core/target/local/reload/worker-notes';
import type { ServedComponent } from '../../../../../src/core/target/local/served-components';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'outdated-files-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const inFolder = (name: string): string => path.join(folder, name);

function write(name: string, text = ''): string {
  mkdirSync(path.dirname(inFolder(name)), { recursive: true });
  writeFileSync(inFolder(name), text);
  return inFolder(name);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const imported = (name: string, text: string | null): unknown => [
  'file',
  inFolder(name),
  text === null ? null : digest(text),
];
const looked = (name: string, kind: PlaceKind): unknown => ['place', inFolder(name), kind];

/** With one worker for each list of notes; undefined for one that notes nothing. */
function served(
  notes: readonly (readonly unknown[] | undefined)[],
  { state = 'ready', since = 0, remote = undefined as string | undefined } = {},
): ServedComponent {
  const imports = notes.map((lines, index) =>
    lines === undefined
      ? undefined
      : write(`notes/${index}`, lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  );
  return {
    component: { planned: { id: 'http', remote }, workers: { imports } },
    supervisor: { state },
    runningSince: () => since,
  } as unknown as ServedComponent;
}

const outdated = async (
  component: ServedComponent,
  reported: readonly (readonly [string, number])[] = [],
): Promise<readonly string[]> => {
  const files = await new OutdatedFiles({ workingDir: folder }).of(component, new Map(reported));
  return files.map((file) => path.relative(folder, file));
};

describe('of workers that note what they import', () => {
  it('compares each file with what they have imported', async () => {
    write('same.py', 'one');
    write('saved.py', 'two');
    const notes = ['same.py', 'saved.py', 'gone.py'].map((name) => imported(name, 'one'));
    expect(await outdated(served([notes]))).toEqual(['saved.py', 'gone.py']);
  });

  it('knows of each worker by itself', async () => {
    write('saved.py', 'two');
    const old = served([[imported('saved.py', 'two')], [imported('saved.py', 'one')]]);
    expect(await outdated(old)).toEqual(['saved.py']);
    const renewed = served([[imported('saved.py', 'two')], [imported('saved.py', 'two')]]);
    expect(await outdated(renewed)).toEqual([]);
  });

  it('reads through links, also switched ones', async () => {
    write('one/part.py', 'one');
    write('two/part.py', 'two');
    symlinkSync(inFolder('one/part.py'), inFolder('file.py'));
    symlinkSync(inFolder('one'), inFolder('pack'));
    const component = served([[imported('file.py', 'one'), imported('pack/part.py', 'one')]]);
    expect(await outdated(component)).toEqual([]);
    for (const link of ['file.py', 'pack']) rmSync(inFolder(link));
    symlinkSync(inFolder('two/part.py'), inFolder('file.py'));
    symlinkSync(inFolder('two'), inFolder('pack'));
    expect(await outdated(component)).toEqual(['file.py', 'pack/part.py']);
  });

  it('sees a module become a package once Python would take it for one', async () => {
    write('part.py', 'one');
    const component = served([[imported('part.py', 'one'), looked('part', 'module')]]);
    mkdirSync(inFolder('part'));
    expect(await outdated(component)).toEqual([]);
    write('part/__init__.py');
    expect(await outdated(component)).toEqual(['part']);
  });

  it.each<[string, PlaceKind, string]>([
    ['a module that was missing', 'none', 'helper.py'],
    ['a package that was missing', 'none', 'helper/__init__.py'],
    ['a module where there was a folder', 'namespace', 'helper.py'],
    ['a folder without __init__.py', 'none', 'helper/part.py'],
  ])('sees %s', async (_, kind, file) => {
    if (kind === 'namespace') mkdirSync(inFolder('helper'));
    const component = served([[looked('helper', kind)]]);
    expect(await outdated(component)).toEqual([]);
    write(file);
    expect(await outdated(component)).toEqual(['helper']);
  });

  it('takes a report for it where no digest was taken', async () => {
    const file = write('installed.py', 'one');
    const component = served([[imported('installed.py', null)]], { since: 5 });
    expect(await outdated(component)).toEqual([]);
    expect(await outdated(component, [[file, 4]])).toEqual([]);
    expect(await outdated(component, [[file, 5]])).toEqual(['installed.py']);
  });

  it('takes build files for used by all', async () => {
    const reported = [inFolder('bentofile.yaml'), inFolder('other/bentofile.yaml')];
    const at = reported.map((file) => [file, 1] as const);
    expect(await outdated(served([[]]), at)).toEqual(['bentofile.yaml']);
    expect(await outdated(served([[]], { since: 2 }), at)).toEqual([]);
  });
});

describe('of workers that note nothing', () => {
  it('takes each Python file beside the service that was reported since their start', async () => {
    const component = served([undefined], { since: 5 });
    const reported = ['a.py', 'b.py', 'c.txt', '../d.py'].map(
      (name, index) => [inFolder(name), 4 + index] as const,
    );
    expect(await outdated(component, reported)).toEqual(['b.py']);
  });

  it('takes the sources of the plan that are elsewhere', async () => {
    const target = path.join(path.dirname(folder), 'target.py');
    const other = path.join(path.dirname(folder), 'other.py');
    const files = new OutdatedFiles({ workingDir: folder, sources: [target] });
    const reported = new Map([target, other].map((file) => [file, 6] as const));
    expect(await files.of(served([undefined], { since: 5 }), reported)).toEqual([target]);
    expect(await files.of(served([undefined], { since: 7 }), reported)).toEqual([]);
  });
});

it('expects nothing of what is stopped, or runs elsewhere', async () => {
  const at = [[inFolder('a.py'), 1]] as const;
  expect(await outdated(served([undefined], { state: 'stopped' }), at)).toEqual([]);
  expect(await outdated(served([], { remote: 'http://there:1' }), at)).toEqual([]);
});

it('does without lines that are not complete, and takes the last one of a file', () => {
  const { files, places } = parseWorkerNotes(
    '["file","/a.py","1"]\n["file","/a.py","2"]\n["place","/b","none"]\n["place","/c","x"]\n[]\n["file","/d',
  );
  expect([...files]).toEqual([['/a.py', '2']]);
  expect([...places]).toEqual([['/b', 'none']]);
});
