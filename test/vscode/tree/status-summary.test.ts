import { expect, it } from 'vitest';
import { statusSummary } from '../../../src/vscode/tree/status-summary';
import { bento, component } from '../../support/bentos';
import { english } from '../../support/english';
import { say } from '../../../src/core/messages/message';

const ready = component({ state: 'ready' });

it('says nothing while nothing is served and nothing has failed', () => {
  expect(statusSummary([bento(), bento({ source: 'store' })], english, 0)).toBeUndefined();
});

it('counts ready components over all served bentos', () => {
  const summary = statusSummary(
    [
      bento({ state: 'ready', components: [ready, ready] }),
      bento({ state: 'starting', components: [component({ state: 'starting' })] }),
      bento(),
    ],
    english,
    0,
  );
  expect(summary).toMatchObject({
    text: '$(loading~spin) Bento 2/3',
    accessibilityLabel: 'BentoML: 2 of 3 components ready',
    severity: 'none',
  });
  expect(summary?.tooltip).toHaveLength(2);
});

it('warns of what is unhealthy', () => {
  const components = [ready, component({ id: 'runner:upper', name: 'upper', state: 'unhealthy' })];
  expect(statusSummary([bento({ state: 'degraded', components })], english, 0)).toMatchObject({
    text: '$(warning) Bento 1/2',
    severity: 'warning',
    tooltip: [String.raw`Search\: degraded\, 1\/2 ready\, http unhealthy`],
  });
});

it('counts bentos that failed among those that are served, and names them first', () => {
  const many = Array.from({ length: 7 }, () => ready);
  const served = bento({ state: 'ready', components: many });
  const cause = 'No module named "x"';
  const message = `${cause}. Install it.`;
  const problem = { code: 'import-failed', message, summary: cause } as const;
  const unknown = bento({ name: 'Fraud', state: 'failed', components: [], problem });
  const known = bento({
    name: 'Spam',
    state: 'failed',
    components: [component({ state: 'failed' })],
  });
  const summary = statusSummary([served, unknown, known, bento()], english, 0);
  expect(summary).toMatchObject({
    text: '$(error) Bento 7/9',
    severity: 'error',
    accessibilityLabel: 'BentoML: 7 of 9 components ready, failed: Fraud, Spam',
  });
  expect(summary?.tooltip.map((one) => one.replaceAll('\\', ''))).toEqual([
    'Fraud: failed, 0/1 ready, No module named "x"',
    'Spam: failed, 0/1 ready',
    'Search: ready, 7/7 ready',
  ]);
});

it('says so when all there is has failed, also a component of what is served', () => {
  const failed = component({ state: 'failed' });
  expect(statusSummary([bento({ state: 'failed' })], english, 0)?.text).toBe('$(error) Bento 0/1');
  expect(
    statusSummary([bento({ state: 'degraded', components: [ready, failed] })], english, 0),
  ).toMatchObject({ text: '$(error) Bento 1/2', severity: 'error' });
});

it('says that something starts whose components are not known yet', () => {
  const progress = { phase: say('importingService'), since: 0 };
  const summary = statusSummary(
    [bento({ state: 'starting', progress, components: [] })],
    english,
    40_000,
  );
  expect(summary).toMatchObject({
    text: '$(loading~spin) Bento 0/1',
    tooltip: [String.raw`Search\: starting\, importing the service\, 40 s\, 0\/1 ready`],
  });
});

it('does not count what is stopped at a breakpoint as ready', () => {
  const components = [component({ state: 'ready' })];
  const served = bento({ state: 'ready', components });
  const summary = statusSummary([served], english, 0, () => components.map(({ id }) => id));
  expect(summary?.text).toContain('Bento 0/1');
  expect(summary?.tooltip.join()).toContain('paused in debugger');
});
