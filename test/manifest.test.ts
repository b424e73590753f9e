import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { debugConfiguration } from '../src/vscode/debug/debug-configuration';
import { commandIds, contextKeys, storeViewId, viewId } from '../src/vscode/identifiers';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly virtualWorkspaces: { readonly supported: boolean; readonly description: string };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
      readonly enablement?: string;
      readonly icon?: string;
    }[];
    readonly debuggers: readonly [
      {
        readonly configurationAttributes: Readonly<
          Record<
            'launch' | 'attach',
            { readonly required: readonly string[]; readonly properties: object }
          >
        >;
      },
    ];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when: string;
    }[];
    readonly keybindings?: unknown;
  };
}

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { commands, menus, views, viewsContainers, viewsWelcome, keybindings } = manifest.contributes;

const ids = Object.values(commandIds);
const whens = [
  ...Object.values(menus).flat(),
  ...viewsWelcome,
  ...commands.map(({ enablement }) => ({ when: enablement })),
].flatMap(({ when }) => when ?? []);

describe('the manifest', () => {
  it('has the names that others rely on', () => {
    expect(`${manifest.publisher}.${manifest.name}`).toBe('serve-bento.serve-bento');
    expect(viewsContainers.activitybar.map(({ id }) => id)).toEqual(['serveBento']);
    expect(views['serveBento']?.map(({ id }) => id)).toEqual([viewId, storeViewId]);
    expect(keybindings).toBeUndefined();
  });

  it('runs where the workspace is, and not on virtual ones', () => {
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
    expect(manifest.activationEvents).toEqual([
      'onStartupFinished',
      'onDebugResolve:serveBento',
      'onDebugDynamicConfigurations:serveBento',
    ]);
  });

  it('only uses texts that exist, and all of them', () => {
    const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].flatMap(
      ([, key]) => key ?? [],
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(texts).sort());
    expect(Object.values(texts).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('asks only for context keys that the code sets', () => {
    const asked = whens.flatMap((when) => when.match(/serveBento\.\w+/g) ?? []);
    const known = [viewId, storeViewId, ...Object.values(contextKeys)];
    expect(asked.filter((key) => !known.includes(key))).toEqual([]);
    for (const key of Object.values(contextKeys)) expect(asked).toContain(key);
  });
});

describe('launch configurations', () => {
  it('have the properties that are read, each with a description', () => {
    const [{ configurationAttributes }] = manifest.contributes.debuggers;
    for (const { shape } of debugConfiguration.options) {
      const { request, type: _, name: __, noDebug: ___, ...read } = { noDebug: 0, ...shape };
      const { properties, required } = configurationAttributes[request.value];
      expect(Object.keys(properties).sort()).toEqual(Object.keys(read).sort());
      expect(required).toEqual(['bento']);
    }
  });
});

describe('the commands', () => {
  it('are those of the code', () => {
    expect(commands.map(({ command }) => command).sort()).toEqual([...ids].sort());
  });

  it.each(commands)('$command has a title, the category and an icon', ({ title, ...rest }) => {
    expect(title).toMatch(/^%command\.\w+%$/);
    expect(rest.category).toBe('BentoML');
    expect(rest.icon).toMatch(/^\$\([\w-]+\)$/);
  });

  it.each(ids)('%s has one rule for the palette', (id) => {
    const rules = menus['commandPalette']?.filter(({ command }) => command === id) ?? [];
    expect(rules).toHaveLength(1);
    expect(rules[0]?.when).toBeTruthy();
  });

  it('that need a row are not in the palette', () => {
    const hidden = menus['commandPalette']?.filter(({ when }) => when === 'false');
    expect(hidden?.map(({ command }) => command)).toEqual([
      commandIds.serveComponent,
      commandIds.stopComponent,
      commandIds.restartComponent,
      commandIds.openShell,
      commandIds.showWorkerLog,
      commandIds.showPreviousWorkerLog,
      commandIds.describe,
      commandIds.deleteVersion,
      commandIds.revealVersion,
    ]);
  });

  it('in menus exist and stand there under a condition', () => {
    for (const [menu, items] of Object.entries(menus)) {
      for (const { command, when } of items) {
        expect(ids, menu).toContain(command);
        expect(when, `${menu} ${command}`).toBeTruthy();
      }
    }
  });

  it('in welcome views exist', () => {
    const links = Object.values(texts).flatMap(
      (text) => text.match(/command:serveBento\.\w+/g) ?? [],
    );
    for (const link of links) expect(ids).toContain(link.replace('command:', ''));
  });
});

describe('the rows', () => {
  const items = menus['view/item/context'] ?? [];
  const shown = (contextValue: string, inline: boolean, view = viewId): readonly string[] =>
    items
      .filter(({ when = '' }) => when.startsWith(`view == ${view} `))
      .filter(({ group = '' }) => group.startsWith('inline') === inline)
      .filter(({ when = '' }) =>
        [...when.matchAll(/viewItem =~ \/(.+?)\//g)].every(([, pattern = '']) =>
          new RegExp(pattern).test(contextValue),
        ),
      )
      .map(({ command }) => command.replace('serveBento.', ''));

  it.each([
    ['bento:canServe', ['serve', 'debug']],
    ['bento:canStop:canRestart:hasTerminal:hasUrl', ['restart', 'stop', 'openInBrowser']],
    ['component:canServe:hasTerminal', ['serveComponent', 'showTerminal']],
    [
      'component:canStop:canRestart:hasTerminal:hasUrl',
      ['restartComponent', 'stopComponent', 'showTerminal', 'openInBrowser'],
    ],
    ['component', []],
    ['', []],
  ])('%s has the buttons %j', (contextValue, buttons) => {
    expect(shown(contextValue, true)).toEqual(buttons);
  });

  it.each([
    ['bento:canServe:canContainerize:canDelete', ['serve', 'deleteVersion']],
    [
      'bento:canStop:canRestart:hasUrl:canContainerize:canDelete',
      ['restart', 'stop', 'openInBrowser', 'deleteVersion'],
    ],
    ['model:canDelete', ['deleteVersion']],
    ['', []],
  ])('%s of the store has the buttons %j, and they are in its menu', (contextValue, buttons) => {
    expect(shown(contextValue, true, storeViewId)).toEqual(buttons);
    expect(shown(contextValue, false, storeViewId)).toEqual(expect.arrayContaining(buttons));
  });

  it('offer to build projects and to containerize what was built', () => {
    expect(shown('bento:canServe:canBuild', false)).toContain('build');
    expect(shown('bento:canServe:canContainerize', false)).toContain('containerize');
    expect(shown('bento:canServe', false)).not.toContain('build');
    const value = 'bento:canServe:canContainerize:canDelete';
    expect(shown(value, false, storeViewId)).toContain('containerize');
  });

  it('offer in their menu what their buttons do', () => {
    for (const value of [
      'bento:canServe',
      'bento:canStop:canRestart:hasTerminal:hasUrl',
      'component:canServe:hasTerminal',
      'component:canStop:canRestart:hasTerminal:hasUrl',
    ]) {
      expect(shown(value, false)).toEqual(expect.arrayContaining([...shown(value, true)]));
    }
  });
});
