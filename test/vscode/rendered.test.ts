import MarkdownIt, { type Token } from 'markdown-it';
import { describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../src/core/model';
import { serviceDescription } from '../../src/vscode/editing/service-description';
import { commandIds } from '../../src/vscode/identifiers';
import { statusSummary } from '../../src/vscode/tree/status-summary';
import * as store from '../../src/vscode/store/store-tooltip';
import { bentoRow } from '../../src/vscode/tree/bento-row';
import { componentRow } from '../../src/vscode/tree/component-row';
import type { Markdown } from '../../src/vscode/tree/markdown';
import { markdownString } from '../../src/vscode/tree/markdown-string';
import { treeItem } from '../../src/vscode/tree/tree-item';
import { bento, component, details, discovered } from '../support/bentos';
import { english } from '../support/english';
import { hostileTexts, renderedIn } from '../support/hostile-texts';

vi.mock('vscode', () => ({
  MarkdownString: class {
    isTrusted: unknown = undefined;
    supportHtml: unknown = undefined;
    supportThemeIcons: unknown = undefined;
    readonly value: string;
    constructor(value: string) {
      this.value = value;
    }
  },
  TreeItem: class {
    readonly label: string;
    description: unknown = undefined;
    constructor(label: string) {
      this.label = label;
    }
  },
  ThemeIcon: vi.fn(),
  ThemeColor: vi.fn(),
  Range: vi.fn(),
  Uri: { file: (file: string) => ({ file }) },
  TreeItemCollapsibleState: {},
  l10n: { t: (text: string) => text },
}));

const reader = new MarkdownIt({ html: true });
// VS Code takes all that it knows.
reader.validateLink = () => true;
const tokens = (all: readonly Token[]): readonly Token[] =>
  all.flatMap((token) => [token, ...tokens(token.children ?? [])]);
const rendered = (paragraphs: readonly Markdown[]): readonly Token[] =>
  tokens(reader.parse(paragraphs.join('\n\n'), {}));

/** Text, its emphasis by us, code, and links to files that we make. */
const harmless =
  /^(?:inline|text|text_special|code_inline|softbreak|(?:paragraph|strong|link)_(?:open|close))$/;

const rowContext = (text: string) => ({
  hasTerminal: true,
  hasProfiles: true,
  expanded: true,
  now: 0,
  folderName: text,
  reference: text,
  workingDir: text,
  warnings: [
    { kind: 'certificateExpires', days: 1, file: text, component: text } as const,
    { kind: 'readinessUnknown', component: 'http' } as const,
  ],
});

const hostileBento = (text: string, problem: Problem) =>
  bento({
    id: text,
    name: text,
    displayName: text,
    python: text,
    bentomlVersion: text,
    profile: text,
    state: 'ready',
    problem,
  });

const hostileComponent = (text: string, problem: Problem) =>
  component({ kind: 'runner', name: text, url: text, state: 'unhealthy', pids: [7], problem });

const storeBento = (text: string) => ({
  ...discovered({ name: text, workingDir: text }),
  source: 'store' as const,
  bentomlVersion: text,
  latest: true,
  created: 0,
  models: [text, text],
});

const service = (text: string) => ({
  attribute: text,
  name: text,
  generation: 'legacy' as const,
  line: 3,
  depends: [],
  runners: [text, text],
});

describe.each(hostileTexts)('the text %j', (text) => {
  const location = { file: `/w/${text.replaceAll('\n', ' ')}/service.py`, line: 3 };
  const problems: readonly Problem[] = [
    { code: 'crashed', message: text, location },
    { code: 'settings', message: 'settings', detail: text },
  ];
  const of = (problem: Problem) => ({
    bento: hostileBento(text, problem),
    component: hostileComponent(text, problem),
  });
  const componentDetails = details({ command: text, waitingFor: text });
  const model = { tag: text, directory: text, latest: true, created: 0, module: text };

  it.each<[string, () => readonly Markdown[]]>([
    ...problems.flatMap((problem): [string, () => readonly Markdown[]][] => [
      [
        `bento (${problem.code})`,
        () => bentoRow(of(problem).bento, rowContext(text), english).tooltip,
      ],
      [
        `component (${problem.code})`,
        () => componentRow(of(problem).component, componentDetails, english, 0).tooltip,
      ],
    ]),
    ['built bento', () => store.bentoTooltip(storeBento(text), 'en', english)],
    ['model', () => store.modelTooltip(model, 'en', english)],
    [
      'status bar',
      () =>
        statusSummary([bento({ displayName: text, state: 'ready' })], english, 0)?.tooltip ?? [],
    ],
    [
      'build file',
      () => serviceDescription({ file: `/w/${text}.py`, service: service(text) }, '/w', english),
    ],
    ['missing service', () => serviceDescription({ file: `/w/${text}` }, '/w', english)],
  ])('is nothing but text in the tooltip or hover of: %s', (_, tooltip) => {
    const found = rendered(tooltip());
    expect(found).not.toEqual([]);
    expect(found.filter(({ type }) => !harmless.test(type)).map(({ type }) => type)).toEqual([]);
    for (const { type, attrs, content } of found) {
      if (type === 'link_open') expect(attrs?.[0]?.[1]).toMatch(/^file:\/\/\/w\/.*service\.py#L3$/);
      expect(content).not.toMatch(/\p{Bidi_Control}/u);
    }
  });

  it('is nothing but text in labels and descriptions', () => {
    for (const problem of problems) {
      const rows = [
        bentoRow(of(problem).bento, rowContext(text), english),
        componentRow(of(problem).component, componentDetails, english, 0),
      ];
      for (const row of rows) {
        const { label, description } = treeItem('id', row);
        expect(renderedIn(`${label as string}\n${description as string}`)).toEqual([]);
      }
    }
  });
});

it('shows the text as it is', () => {
  const name = 'my_service *v2* [x](y) <b> `c` 1. https://a.b';
  const [heading = '' as Markdown] = bentoRow(
    bento({ displayName: name }),
    rowContext('r'),
    english,
  ).tooltip;
  const shown = rendered([heading])
    .filter(({ type }) => type.startsWith('text'))
    .map(({ content }) => content)
    .join('');
  expect(shown).toContain(name);
});

it('is trusted with the commands of its own links alone', () => {
  const { isTrusted } = markdownString([], [commandIds.openLog]);
  expect(isTrusted).toEqual({ enabledCommands: [commandIds.openLog] });
});

it('is given to VS Code without any trust', () => {
  expect(markdownString([])).toMatchObject({
    isTrusted: false,
    supportHtml: false,
    supportThemeIcons: false,
  });
});
