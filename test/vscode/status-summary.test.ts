import { expect, it } from 'vitest';
import { statusSummary } from '../../src/vscode/status-summary';
import { bento, component } from '../support/bentos';
import { english } from '../support/english';

const ready = component({ state: 'ready' });

it('says nothing while nothing is served', () => {
  expect(statusSummary([bento(), bento({ state: 'failed' })], english)).toBeUndefined();
});

it('counts ready components over all served bentos', () => {
  const summary = statusSummary(
    [
      bento({ state: 'ready', components: [ready, ready] }),
      bento({ state: 'starting', components: [component({ state: 'starting' })] }),
      bento(),
    ],
    english,
  );
  expect(summary).toMatchObject({
    text: '$(loading~spin) Bento 2/3',
    accessibilityLabel: 'BentoML: 2 of 3 components ready',
    warning: false,
  });
  expect(summary?.tooltip).toHaveLength(2);
});

it('warns of what is unhealthy or failed', () => {
  const components = [ready, component({ state: 'unhealthy' })];
  expect(statusSummary([bento({ state: 'degraded', components })], english)).toMatchObject({
    text: '$(warning) Bento 1/2',
    warning: true,
  });
});
