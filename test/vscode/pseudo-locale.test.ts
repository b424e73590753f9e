import { beforeEach, describe, expect, it } from 'vitest';
import type { Bento, BentoSource, BentoState, Component, Problem } from '../../src/core/model';
import { problemTexts, say } from '../../src/core/messages/message';
import { ServeError } from '../../src/core/problem';
import { BentoChoice } from '../../src/vscode/commands/bento-choice';
import { registerCommands } from '../../src/vscode/commands/register-commands';
import { commandIds } from '../../src/vscode/identifiers';
import { systemClock } from '../../src/core/clock';
import { ServeWithProgress } from '../../src/vscode/lifecycle/serve-with-progress';
import { NoticeRules } from '../../src/vscode/problems/notice-rules';
import { ProblemMessages } from '../../src/vscode/problems/problem-messages';
import { RecentBentos } from '../../src/vscode/sources/recent-bentos';
import type { StoreNode } from '../../src/vscode/store/store-node';
import { StoreRows } from '../../src/vscode/store/store-rows';
import type { Terminals } from '../../src/vscode/terminals/terminals';
import { bentoRow } from '../../src/vscode/tree/bento-row';
import { componentRow } from '../../src/vscode/tree/component-row';
import type { Row } from '../../src/vscode/tree/row';
import { statusSummary } from '../../src/vscode/tree/status-summary';
import { viewBadge } from '../../src/vscode/tree/view-badge';
import { Consent } from '../../src/vscode/trust/consent';
import type { Secrets } from '../../src/vscode/trust/secrets';
import { bento, component, details, discovered, fakeManager } from '../support/bentos';
import { filled } from '../support/english';
import { user } from '../support/fake-vscode';
import { ManualClock } from '../support/manual-clock';
import { quietLog } from '../support/quiet-log';
import { settle } from '../support/settle';

/*
 * A locale of its own: each text that was asked of it is in ⟦brackets⟧. Names and paths are Greek here, so that a Latin
 * letter outside of brackets is a text that cannot be translated.
 */

const pseudo = { t: (text: string, ...args: unknown[]) => `⟦${filled(text, args)}⟧` };

/** The same in every language. */
const terms = /\b(?:https?|grpc|BentoML|Bento|GPU|CVE|Python|URL|pip|uv|serveBento(?:\.\w+)+)\b/g;

/** What is left of a text without brackets, icons and terms. */
function literalsIn(text: string): string {
  let left = text.replaceAll('\\', '');
  for (let before = ''; before !== left;) {
    before = left;
    left = left.replace(/⟦[^⟦⟧]*⟧/g, '');
  }
  return left.replace(/\$\([\w~-]+\)|\]\([^)]*\)|(?:file|https?):\/\/\S+/g, '').replace(terms, '');
}

function expectTranslated(texts: readonly (string | undefined)[]): void {
  const untranslated = texts.filter(
    (text) => text !== undefined && /[A-Za-z]/.test(literalsIn(text)),
  );
  expect(untranslated).toEqual([]);
}

const textsOf = (row: Row): readonly string[] => [
  ...[row.label, row.description, row.accessibilityLabel],
  ...row.tooltip,
];

const problems: readonly Problem[] = [
  {
    code: 'crashed',
    ...problemTexts(say('unresponsive', { name: 'β', reason: '…' })),
    subject: 'β',
  },
  { code: 'not-ready', ...problemTexts(say('waitsFor', { name: 'β', component: 'γ' })) },
  { code: 'port-in-use', ...problemTexts(say('samePorts', { port: 1 })), port: 1 },
  { code: 'grpc-unavailable', ...problemTexts(say('noComponent', { bento: 'β', id: 'γ' })) },
];
const states = [
  ...(['stopped', 'starting', 'ready', 'unhealthy', 'backingOff', 'stopping', 'failed'] as const),
];
const components: readonly Component[] = states.flatMap((state) =>
  (['http', 'grpc', 'runner', 'service'] as const).flatMap((kind) =>
    [undefined, ...problems].map((problem) =>
      component({
        ...{ id: `${kind}:β`, kind, name: 'β', state, pids: [1, 2], restarts: 3, latencyMs: 4 },
        ...{ startedAt: 0, readyAt: 1000, host: '127.0.0.1', remote: kind === 'service' },
        ...(kind === 'http' ? { url: 'https://127.0.0.1:1', port: 1 } : {}),
        ...(problem && { problem }),
      }),
    ),
  ),
);
const sources: readonly BentoSource[] = ['project', 'file', 'store', 'settings', 'remote'];
const bentoStates: readonly BentoState[] = [
  ...(['stopped', 'starting', 'ready', 'degraded', 'stopping', 'failed'] as const),
];
const bentos: readonly Bento[] = bentoStates.flatMap((state, index) =>
  sources.flatMap((source) =>
    [undefined, ...problems].map((problem) =>
      bento({
        ...{ id: `ι${index}`, name: 'Ω', folder: '/α', source, state, profile: 'π' },
        ...{ bentomlVersion: '1.4.2', python: '/α/π', generation: 'legacy' },
        components: components.slice(0, 3),
        ...(problem && { problem }),
      }),
    ),
  ),
);

describe('every text of the rows can be translated', () => {
  it('those of bentos', () => {
    const kinds = ['certificateReplaced', 'readinessUnknown', 'debuggerLeft'] as const;
    const warnings = kinds.map((kind) => ({ kind, file: '/α', component: 'http' }));
    const expiring = [-1, 0, 1, 5].map((days) => ({
      ...{ kind: 'certificateExpires', file: '/α', days, component: 'http' },
    })) as never[];
    const base = { hasTerminal: true, hasProfiles: true, expanded: true, now: 90_000 };
    for (const one of bentos) {
      for (const drift of ['settings', 'interpreter', 'gone', undefined] as const) {
        const context = { ...base, ...(drift && { drift }), warnings: [...warnings, ...expiring] };
        expectTranslated(textsOf(bentoRow(one, context, pseudo)));
        expectTranslated(textsOf(bentoRow(one, { ...base, isNameProvisional: true }, pseudo)));
      }
    }
  });

  it('those of components', () => {
    const resources = [
      { gpus: ['0', '1'], threads: 1 },
      { gpus: [], threads: 4 },
    ] as never[];
    const known = [
      undefined,
      details({ logFile: '/α' }),
      details({ logFile: '/α', workersWanted: 3, recentErrors: 1, resources }),
      details({ logFile: '/α', recentErrors: 2, stop: { at: 0, killAt: 100_000 } as never }),
    ];
    for (const one of components) {
      for (const facts of known) {
        expectTranslated(textsOf(componentRow(one, facts, pseudo, 90_000)));
      }
    }
  });

  it('those of the store', () => {
    const built = {
      ...discovered({ id: 'store:α:1', name: 'α:1', folder: '/α', workingDir: '/α' }),
      source: 'store' as const,
      ...{ reference: 'α:1', latest: true, created: 0, models: ['μ:1'] },
    };
    const model = { tag: 'μ:1', directory: '/α', latest: true, created: 0, module: 'μ' };
    const rows = new StoreRows({
      bentos: () => [built, { ...built, id: 'store:α:2', reference: 'α:2', latest: false }],
      models: () => [model],
      bento: () => undefined,
      hasTerminal: () => true,
      size: () => ({ bytes: 2048, isPartial: true }),
      l10n: pseudo,
      locale: 'el',
    });
    const drawn = (nodes: readonly StoreNode[]): void => {
      for (const node of nodes) {
        const row = rows.row(node, 90_000_000);
        // Sizes have the units of the machine.
        if (row !== undefined) {
          expectTranslated(textsOf(row).map((text) => text.replace(/\d+ ?(?:kB|KB|B|MB)/g, '')));
        }
        drawn(rows.children(node));
      }
    };
    drawn(rows.roots());
  });

  it('those of the status bar and the badge', () => {
    for (let index = 0; index < bentos.length; index += 3) {
      const some = bentos.slice(index, index + 3);
      const summary = statusSummary(some, pseudo, 90_000);
      const { text = '', accessibilityLabel = '', tooltip = [] } = summary ?? {};
      expectTranslated([text, accessibilityLabel, ...tooltip, viewBadge(some, pseudo)?.tooltip]);
    }
  });
});

describe('every text of a message can be translated', () => {
  beforeEach(() => {
    user.reset();
    user.isPseudo = true;
  });

  /** What was shown, without commands and their arguments. */
  const seen = (): readonly string[] =>
    user.seen
      .filter((text) => !/^(?:command|open): /.test(text))
      .map((text) => text.replace(/^(?:info|warning|error|pick|progress|status): /, ''));

  it('a notice', () => {
    for (const problem of problems) {
      const rules = new NoticeRules(new ManualClock(), pseudo);
      const at = (state: Component['state']): Bento =>
        bento({
          ...{ id: 'ι', name: 'Ω', state: state === 'ready' ? 'ready' : 'degraded' },
          components: [component({ id: 'http', name: 'β', state, problem })],
        });
      for (const state of ['ready', 'unhealthy', 'ready', 'backingOff', 'failed'] as const) {
        expectTranslated(rules.next(at(state)).map(({ message }) => message));
      }
    }
  });

  it('a problem with its buttons', async () => {
    const manager = fakeManager([bento({ id: 'ι', name: 'Ω', python: '/π' })]);
    const messages = new ProblemMessages({
      log: { ...quietLog(), show: () => undefined } as never,
      terminals: { show: () => false } as unknown as Terminals,
      manager,
      secrets: {} as unknown as Secrets,
      install: () => Promise.resolve(true),
      serving: { serve: () => Promise.resolve(), envFiles: () => [] },
    });
    for (const problem of problems) {
      for (const id of ['ι', undefined]) {
        await messages.show(new ServeError({ ...problem }), id);
      }
      const location = { file: '/α', line: 1 };
      const most = { ...problem, location, install: ['π'], variable: 'Β', component: 'http' };
      for (const code of ['settings', 'no-bentoml', 'import-failed', 'untrusted'] as const) {
        await messages.show(new ServeError({ ...most, code }), 'ι');
        expectTranslated(messages.fixes({ ...most, code }, 'ι').map(({ title }) => title));
      }
    }
    expect(user.seen.length).toBeGreaterThan(20);
    expectTranslated(seen());
  });

  it('a question', async () => {
    const state = { get: () => undefined, update: () => Promise.resolve() };
    const consent = new Consent(state);
    const places = (['service', 'code', 'local', 'remote'] as const).map((kind) => ({
      ...{ kind, component: 'β', host: '::', ...(kind === 'code' ? {} : { port: 1 }) },
    }));
    for (const place of places) {
      const all = Array.from({ length: 30 }, () => place);
      await consent.exposures({ id: 'ι', displayName: 'Ω' }, all, []).catch(() => undefined);
    }
    const variables = [{ name: 'Β', value: '1' }, ...Array(9).fill({ name: 'Γ', value: null })];
    await consent.variables({ id: 'ι', displayName: 'Ω' }, variables).catch(() => undefined);
    expect(user.seen).toHaveLength(5);
    expectTranslated(seen());
  });

  it.each(Object.values(commandIds))('what the command %s shows', async (id) => {
    const idle = bento({ id: 'ι', name: 'Ω', displayName: 'Ω' });
    const other = bento({ id: 'κ', name: 'Ψ', displayName: 'Ψ', source: 'remote' });
    const served = bento({ id: 'λ', name: 'Λ', displayName: 'Λ', state: 'ready' });
    for (const all of [
      [],
      [idle, { ...idle, id: 'ν' }],
      [other],
      [served, { ...served, id: 'ξ' }],
    ]) {
      const manager = fakeManager(all);
      const messages = { show: () => Promise.resolve() } as unknown as ProblemMessages;
      registerCommands({
        manager,
        choice: new BentoChoice(
          manager,
          new RecentBentos({ get: () => undefined, update: () => Promise.resolve() }),
        ),
        progress: new ServeWithProgress(systemClock, manager, messages),
        messages,
        terminals: { show: () => false } as unknown as Terminals,
        log: { show: () => undefined },
        secrets: { forget: () => Promise.resolve(false) } as unknown as Secrets,
        discovered: () => Promise.resolve(),
        createCertificate: () => Promise.resolve(),
        openLog: () => Promise.resolve(),
        runBentoml: () => Promise.resolve(),
        deleteVersion: () => Promise.resolve(),
        storeDirectory: () => '/α',
        profile: () => Promise.resolve(),
        onEngine: {
          showLog: () => Promise.resolve(),
          describe: () => Promise.resolve(),
          scale: () => Promise.resolve(),
          compare: () => Promise.resolve(),
        },
        dumpStacks: () => Promise.resolve(),
        diagnose: () => Promise.resolve(''),
      });
      await user.run(id).catch(() => undefined);
      await settle();
    }
    expectTranslated(seen());
  });
});
