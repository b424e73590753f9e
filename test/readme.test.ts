import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stagesOf } from '../scripts/test/steps.mts';
import { grpcPackages } from '../src/core/diagnosis/known-causes';
import { parseFolderSettings } from '../src/core/settings/parse-folder-settings';
import { settingKeys } from '../src/core/settings/schema';
import { linuxContext } from './core/settings/settings-contexts';
import {
  codeBlocks,
  headings,
  inlineCode,
  linkTargets,
  pages,
  prose,
  read,
  resolves,
  root,
} from './support/pages';

const words = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly taskDefinitions: readonly [
      { readonly properties: Readonly<Record<string, { readonly type: string }>> },
    ];
  };
};
const sources = globSync(['src/**/*.ts', 'src/**/*.py'], { cwd: root }).map(read).join('\n');

/** A changelog also names what has been renamed since. */
const current = pages.filter((page) => page !== 'CHANGELOG.md');
const userPages = current.filter((page) => !/^(?:test\/|CONTRIBUTING)/.test(page));

describe('README.md', () => {
  const readme = read('README.md');

  it('is short, and begins with a picture in PNG', () => {
    const lines = readme.split('\n');
    expect(lines.length).toBeLessThanOrEqual(160);
    expect(lines.slice(0, 12).join('\n')).toMatch(/<img src="[^"]+\.png"/);
  });

  it('has no picture that a marketplace refuses', () => {
    expect(linkTargets(readme).filter((target) => /\.svg$/.test(target))).toEqual([]);
  });

  it('links to every page of docs', () => {
    const linked = linkTargets(readme).map((target) => target.split('#')[0]);
    expect(pages.filter((page) => /^docs\//.test(page) && !linked.includes(page))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  it('has a section for each problem code, and for nothing else', () => {
    const union = /type ProblemCode =([^;]+);/.exec(read('src/core/model.ts'))?.[1] ?? '';
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(10);
    const [, ...sections] = headings(read('docs/troubleshooting.md'));
    expect([...sections].sort()).toEqual([...codes].sort());
  });

  it('gives a next step in each section', () => {
    const [, ...sections] = read('docs/troubleshooting.md').split(/^## /m);
    expect(sections.filter((section) => !section.includes('\n**Next step:** '))).toEqual([]);
  });
});

describe('docs/commands.md', () => {
  it('names every command as the palette does', () => {
    const titles = Object.entries(words)
      .filter(([key]) => key.startsWith('command.'))
      .map(([, title]) => title);
    const named = [...read('docs/commands.md').matchAll(/^\| \*\*([^*]+)\*\*/gm)].map(([, t]) => t);
    expect([...named].sort()).toEqual([...titles].sort());
  });
});

describe('docs/services-view.md', () => {
  it('names states and notes as the rows do', () => {
    const page = read('docs/services-view.md');
    const texts = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, text]) => text);
    const states = [...page.matchAll(/^\| [a-z ]+ \| ([a-z ]+?) +\|/gm)].map(([, state]) => state);
    expect([texts.length, states.length].map((count) => count > 4)).toEqual([true, true]);
    expect([...texts, ...states].filter((text = '') => !sources.includes(`'${text}'`))).toEqual([]);
  });
});

describe('docs/grpc.md', () => {
  it('names the packages that the extension offers to install', () => {
    const [command = ''] = codeBlocks(read('docs/grpc.md'), 'sh');
    const named = [...command.matchAll(/"([^"]+)"/g)].map(([, one]) => one);
    expect(named).toEqual(['bentoml[grpc]', ...grpcPackages]);
  });
});

describe('docs/tasks.md', () => {
  it('describes every property of a task', () => {
    const named = [...read('docs/tasks.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(manifest.contributes.taskDefinitions[0].properties));
  });
});

describe('docs/api.md', () => {
  it('has the example that the compiler checks', () => {
    const [, example] = /^\/\/ [^\n]*\n([\s\S]*)$/.exec(read('test/support/api-example.ts')) ?? [];
    const [shown] = codeBlocks(read('docs/api.md'), 'ts');
    expect(shown?.replace("'./serve-bento-api'", "'../../src/api'")).toBe(example);
  });

  it('describes every member of the API', () => {
    const [, body = ''] = /interface ServeBentoApi \{([\s\S]*?)\n\}/.exec(read('src/api.ts')) ?? [];
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name);
    const named = [...read('docs/api.md').matchAll(/^\| `(\w+)/gm)].map(([, name]) => name);
    expect(named).toEqual(members);
  });
});

describe('docs/platforms.md', () => {
  it.each(['macOS', 'Windows', 'Desktop VS Code', 'Codespace', 'Triton', 'process-compose'])(
    'says that %s was not run',
    (platform) => {
      const [, table = ''] =
        /^## Not tested on a real machine\n([\s\S]*?)^## /m.exec(read('docs/platforms.md')) ?? [];
      expect(table).toContain(platform);
    },
  );
});

describe.each(pages)('%s', (file) => {
  it('has no dead link and no missing picture', () => {
    expect(linkTargets(read(file)).filter((target) => !resolves(target, file))).toEqual([]);
  });

  it('describes its pictures', () => {
    expect(prose(read(file)).match(/!\[\]|<img (?![^>]*\balt="[^"])/g) ?? []).toEqual([]);
  });
});

describe.each(userPages)('%s', (file) => {
  const page = read(file);

  it('names only settings that exist', () => {
    const named = [
      ...page.matchAll(/serveBento\.((?:[a-z]\w*|NAME|\[\])(?:\.\w+|\[\])*(?:\.\*)?)/g),
    ]
      .map(([, name = '']) => name)
      .filter((name) => !isSetting(name));
    expect([...new Set(named)]).toEqual([]);
  });

  it('gives examples that the extension accepts', () => {
    for (const example of codeBlocks(page, 'json')) {
      const parsed = JSON.parse(example) as unknown;
      if (!example.includes('"serveBento.')) continue;
      expect(parseFolderSettings(nested(parsed as object), linuxContext).problems).toEqual([]);
    }
  });

  it('writes buttons, commands and views as the window shows them', () => {
    const bold = [...prose(page).matchAll(/\*\*([^*]+)\*\*/g)].map(([, text = '']) => text);
    // "**A worker dies.**" and "**Next step:**" begin a paragraph and name nothing.
    const names = bold.filter((text) => !/[.:]$/.test(text));
    expect(names.filter((name) => !isShown(name))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names only files and folders that exist', () => {
    const named = inlineCode(read('CONTRIBUTING.md'))
      .filter((code) => /^(?:src|test|scripts|docs|samples|media)\/[\w./-]+$/.test(code))
      .filter((name) => !name.includes('NAME'));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });

  it('shows how to add a setting with lines of the files that it names', () => {
    const [, part = ''] = read('CONTRIBUTING.md').split('## Adding a setting\n');
    const [steps = ''] = part.split('\n## ');
    const shown = [...steps.matchAll(/^\d\. `([^`]+)`.*\n\n {3}```\w+\n([^]*?)```/gm)];
    expect(shown).toHaveLength(3);
    const compact = (text: string): string => text.replace(/\s+/g, '');
    for (const [, file = '', lines = ''] of shown) {
      expect(compact(read(file)), file).toContain(compact(lines));
    }
  });
});

describe('the commands in the pages', () => {
  const commands = current.flatMap((file) => {
    const page = read(file);
    const typed = inlineCode(page).filter((code) =>
      /^(?:[A-Z_]+=\S+ )?(?:npm|npx|node) /.test(code),
    );
    const blocks = codeBlocks(page, 'sh').flatMap((block) => block.trim().split('\n'));
    return [...typed, ...blocks.filter((line) => /^(?:npm|npx|node) /.test(line))].map(
      (command): readonly [string, string] => [command, file],
    );
  });

  it('are many', () => {
    expect(commands.length).toBeGreaterThan(20);
  });

  it.each(commands)('%s (%s) can be run', (command) => {
    expect(isRunnable(command.replace(/^[A-Z_]+=\S+ /, '').replace(/\s+#.*$/, ''))).toBe(true);
  });
});

/** `NAME` is that of a runner, `bentos[]` an entry, `.*` a group. */
function isSetting(name: string): boolean {
  const own =
    words[`serveBento.${name.replace('bentos[].', 'bentos.').replace('.NAME.', '.')}.description`];
  if (own !== undefined) return true;
  if (name === 'runners.NAME.port') return true;
  const group = name.replace(/\*$/, '');
  return group !== name && settingKeys.some((key) => key.startsWith(group));
}

/** Values of the settings file, nested as the dots say. */
function nested(settings: object): object {
  const all: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    const names = key.replace(/^serveBento\./, '').split('.');
    const last = names.pop() ?? '';
    let into = all;
    for (const name of names) into = (into[name] ??= {}) as Record<string, unknown>;
    into[last] = value;
  }
  return all;
}

/** What VS Code itself shows. */
const namesOfVscode = [
  'Problems',
  'Ports',
  'Extensions: Install from VSIX…',
  'Run Without Debugging',
  'Stop',
  'Disconnect',
];

/** `Install torch…` is shown where the sources have `Install {0}…`. */
function isShown(name: string): boolean {
  const title = name.replace(/^BentoML: /, '');
  if (namesOfVscode.includes(title) || Object.values(words).includes(title)) return true;
  if (sources.includes(`'${title}'`) || title === 'BentoML' || title === 'Serve Bento') return true;
  const patterns = [...sources.matchAll(/'([^'\n]*\{0\}[^'\n]*)'/g)].map(([, text = '']) => text);
  return patterns.some((pattern) => {
    const [before = '', after = ''] = pattern.split('{0}');
    const isLabel = before.length > 3 && !/\{\d\}/.test(after);
    return (
      isLabel && title.startsWith(before) && title.endsWith(after) && title.length > before.length
    );
  });
}

/** Whether the script, the file, the test project or the step that a command names exists. */
function isRunnable(command: string): boolean {
  const [program, ...args] = command.split(' ');
  if (program === 'npm') return isNpmCommand(args);
  if (program === 'node') return existsSync(path.join(root, args[0] ?? ''));
  const [, , , project = '', file] = args;
  return (
    command.startsWith('npx vitest run --project ') &&
    ['unit', 'unit-editor', 'real', 'pythons'].includes(project) &&
    isTest(file)
  );
}

function isNpmCommand([verb = '', ...args]: readonly string[]): boolean {
  if (verb === 'ci') return true;
  const [script = '', ...rest] = verb === 'run' ? args : [verb, ...args];
  if (manifest.scripts[script] === undefined) return false;
  const all = stagesOf(true).flat(2);
  const steps = new Set(all.flatMap(({ name, group = name }) => [name, group]));
  return script !== 'test' || rest.slice(1).every((step) => steps.has(step));
}

const isTest = (file: string | undefined): boolean =>
  file === undefined || globSync(`${file}*`, { cwd: root }).length > 0;
