import { describe, expect, it } from 'vitest';
import { fullTitle } from '../../src/vscode/tree/component-title';
import { NoticeRules } from '../../src/vscode/problems/notice-rules';
import { problemTexts, say } from '../../src/core/messages/message';
import type { Problem } from '../../src/core/model';
import { problemAbout } from '../../src/vscode/problems/message-about';
import { statusSummary } from '../../src/vscode/tree/status-summary';
import { bentoRow } from '../../src/vscode/tree/bento-row';
import { viewBadge } from '../../src/vscode/tree/view-badge';
import { bento, component } from '../support/bentos';
import { english } from '../support/english';
import { ManualClock } from '../support/manual-clock';

const failed = component({ name: 'Service', state: 'failed' });
const bentos = ['fraud', 'spam'].map((folder) =>
  bento({
    id: `${folder}/service.py:Service`,
    name: 'Service',
    displayName: `Service (${folder})`,
    state: 'degraded',
    components: [failed],
  }),
);
const [fraud = bento()] = bentos;
const context = { hasTerminal: false, hasProfiles: false, expanded: false, now: 0 };

describe('bentos with the same name', () => {
  it('are told apart on their rows, also by screen readers', () => {
    const row = bentoRow(fraud, context, english);
    expect(row.label).toBe('Service (fraud)');
    expect(row.accessibilityLabel).toMatch(/^Service \(fraud\), /);
    expect(row.tooltip[0]).toContain(String.raw`Service \(fraud\)`);
  });

  it('are told apart by terminals, badge and status bar', () => {
    expect(fullTitle(fraud, failed)).toBe('http · Service (fraud)');
    expect(viewBadge(bentos, english)?.tooltip).toMatch(/\(fraud\).*\(spam\)/);
    const paragraphs = statusSummary(bentos, english, 0)?.tooltip.join('\n');
    expect(paragraphs).toMatch(/\(fraud.*\n.*\(spam/);
  });

  it('are told apart by notifications', () => {
    const rules = new NoticeRules(new ManualClock(), english);
    const served = { ...fraud, components: [component({ name: 'Service', state: 'ready' })] };
    rules.next(served);
    const texts = problemTexts(say('notReady', { name: 'Service', reason: 'no answer' }));
    const problem = { code: 'crashed', subject: 'Service', ...texts } as const;
    const killed = component({ name: 'Service', state: 'backingOff', problem });
    const [notice] = rules.next({ ...fraud, components: [killed] });
    expect(notice?.message).toMatch(/^Service \(fraud\) is not ready: no answer\./);
  });
});

describe('a message', () => {
  const ended = (name: string): Problem => ({
    code: 'crashed',
    subject: name,
    ...problemTexts(say('pausedInDebugger', { name })),
  });

  it.each([
    ['Search', ended('Search'), 'Search does not'],
    ['Search', ended('upper'), 'Search: upper does not'],
    ['Search (a)', ended('Search'), 'Search (a) does not'],
    // It has no text in the catalogue.
    ['Search', { code: 'crashed', message: 'Search exited.' }, 'Search: Search exited.'],
    // The bento has the name of the word that the sentence begins with.
    ['The', { code: 'crashed', message: 'The helper ended.' }, 'The: The helper ended.'],
  ] as const)('about %s of %j begins with %s', (displayName, problem, beginning) => {
    const about = bento({ name: displayName.split(' ')[0] ?? '', displayName });
    const text = problemAbout(about, problem, english);
    expect(text.startsWith(beginning)).toBe(true);
  });
});
