import { describe, expect, it } from 'vitest';
import { fullTitle } from '../../src/vscode/tree/component-title';
import { NoticeRules } from '../../src/vscode/problems/notice-rules';
import { messageAbout } from '../../src/vscode/problems/message-about';
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
    const message = 'Service was killed by SIGKILL.';
    const problem = { code: 'crashed', message, subject: 'Service' } as const;
    const killed = component({ name: 'Service', state: 'backingOff', problem });
    const [notice] = rules.next({ ...fraud, components: [killed] });
    expect(notice?.message).toMatch(/^Service \(fraud\) was killed by SIGKILL\./);
  });
});

describe('a message', () => {
  it.each([
    ['Search', undefined, 'Port 3000 is in use.', 'Search: Port 3000 is in use.'],
    ['Search', 'Search', 'Search exited.', 'Search exited.'],
    ['Search', 'upper', 'upper exited.', 'Search: upper exited.'],
    ['Search (a)', 'Search', 'Search exited.', 'Search (a) exited.'],
    // The bento has the name of the word that the sentence begins with.
    ['The', undefined, 'The helper ended.', 'The: The helper ended.'],
  ])('about %s that begins with %s: %s', (displayName, subject, message, expected) => {
    const about = bento({ name: displayName.split(' ')[0] ?? '', displayName });
    expect(messageAbout(about, message, subject === undefined ? {} : { subject })).toBe(expected);
  });
});
