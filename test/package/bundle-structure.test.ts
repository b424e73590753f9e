import { expect, it } from 'vitest';
import {
  activationBytes,
  activationFiles,
  bundleProblems,
  type Outputs,
} from '../../scripts/package/bundle-structure.mts';

type Kind = Outputs[string]['imports'][number]['kind'];

/** `inputs`: the modules in the file. Those whose name begins with `-` left nothing in it. */
const output = (bytes: number, imports: Record<string, Kind>, ...inputs: string[]) => ({
  bytes,
  imports: Object.entries(imports).map(([path, kind]) => ({ path, kind })),
  exports: [],
  inputs: Object.fromEntries(
    inputs.map((input) => [
      input.replace(/^-/, ''),
      { bytesInOutput: input.startsWith('-') ? 0 : 1 },
    ]),
  ),
});
const entry = 'dist/extension.js';
const limits = { bytes: 100, files: 3 };

const good: Outputs = {
  [entry]: output(
    40,
    { 'dist/chunks/a.js': 'import-statement', 'dist/chunks/lazy.js': 'dynamic-import' },
    'src/extension.ts',
  ),
  'dist/chunks/a.js': output(
    20,
    { 'dist/chunks/b.js': 'import-statement', vscode: 'require-call' },
    'src/a.ts',
    '-node_modules/zod/index.js',
  ),
  'dist/chunks/b.js': output(10, { 'dist/chunks/a.js': 'import-statement' }, 'src/b.ts'),
  'dist/chunks/lazy.js': output(
    1_000,
    { 'dist/chunks/b.js': 'import-statement' },
    'src/lazy.ts',
    'node_modules/zod/index.js',
  ),
};

it('activation loads the entry point and its static imports, also over several steps and circles', () => {
  expect(activationFiles(good)).toEqual([entry, 'dist/chunks/a.js', 'dist/chunks/b.js']);
  expect(activationBytes(good)).toBe(70);
  expect(bundleProblems(good, limits)).toEqual([]);
});

it.each<[string, Outputs, readonly string[]]>([
  ['no entry point', {}, [`${entry} was not built.`]],
  ['too much code', { [entry]: output(101, {}) }, ['Activation loads 0 kB, more than 0.1 kB.']],
  [
    'too many files',
    {
      ...good,
      'dist/chunks/b.js': output(1, { 'dist/chunks/c.js': 'import-statement' }),
      'dist/chunks/c.js': output(1, {}),
    },
    ['Activation loads 4 files, more than 3: use fewer different import() calls.'],
  ],
  [
    'a package at activation, deep down',
    { ...good, 'dist/chunks/b.js': output(1, {}, 'node_modules/yaml/index.js') },
    ['dist/chunks/b.js holds node_modules/yaml/index.js at activation: load it with import().'],
  ],
  [
    'a module, and with it its classes, in two files',
    { ...good, 'dist/chunks/lazy.js': output(1, {}, 'src/b.ts') },
    ['src/b.ts is in dist/chunks/b.js and in dist/chunks/lazy.js.'],
  ],
  [
    'a copy of the API',
    { [entry]: output(1, { vscode: 'import-statement' }) },
    [`${entry} copies vscode: write import * as vscode from 'vscode'.`],
  ],
])('a package is refused for %s', (_, outputs, problems) => {
  expect(bundleProblems(outputs, limits)).toEqual(problems);
});
