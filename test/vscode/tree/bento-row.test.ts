import { describe, expect, it } from 'vitest';
import { settingsProblem } from '../../../src/core/registry/settings-problem';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { bentoRow } from '../../../src/vscode/tree/bento-row';
import type { BentoRowContext } from '../../../src/vscode/tree/bento-row-context';
import { storeRow } from '../../../src/vscode/tree/store-row';
import { viewBadge } from '../../../src/vscode/tree/view-badge';
import { bento, component, discovered } from '../../support/bentos';
import { english } from '../../support/english';
import { linuxContext } from '../../core/settings/settings-contexts';
import { say } from '../../../src/core/messages/message';

const context: BentoRowContext = {
  hasTerminal: false,
  hasProfiles: false,
  expanded: false,
  now: 0,
};
const ready = component({ state: 'ready', url: 'http://127.0.0.1:3000' });
const unavailable = component({
  id: 'grpc',
  kind: 'grpc',
  problem: { code: 'grpc-unavailable', message: 'No gRPC.' },
});
const failed = component({
  id: 'runner:upper',
  kind: 'runner',
  name: 'upper',
  state: 'failed',
  problem: { code: 'crashed', message: 'upper exited with code 1.' },
});

describe('the row of a bento', () => {
  it('tells what is known against the version of BentoML', () => {
    const tooltip = (bentomlVersion: string): string =>
      bentoRow(bento({ bentomlVersion, python: '/p' }), context, english).tooltip.join('\n');
    expect(tooltip('1.4.2')).toContain(String.raw`CVE\-2025\-27520`);
    expect(tooltip('1.4.38')).not.toContain('CVE');
  });

  it('says when a restart would make a difference', () => {
    const row = bentoRow(bento({ state: 'ready' }), { ...context, drift: 'settings' }, english);
    expect(row.description).toBe('ready · 0/1 · settings changed: restart to apply · project');
    expect(row.tooltip.join('\n')).toContain('restart it to apply the change');
  });

  it.each([
    ['ready', 'Cannot import it (line 3) · ready · 1/1 · project'],
    ['stopped', 'Cannot import it (line 3) · stopped · project'],
    ['degraded', 'degraded · 1/1 · Cannot import it (line 3) · project'],
  ] as const)('begins with the reason where the state alone sounds well: %s', (state, words) => {
    const problem = { code: 'import-failed', message: 'Cannot import it (line 3).' } as const;
    const row = bentoRow(bento({ state, components: [ready], problem }), context, english);
    expect(row.description).toBe(words);
  });

  it.each([
    ['ready', 'paused in debugger · 0/1 · project'],
    ['degraded', 'paused in debugger · degraded · 0/1 · project'],
  ] as const)('begins with what is paused in the debugger: %s', (state, words) => {
    const row = bentoRow(
      bento({ state, components: [ready] }),
      { ...context, paused: [ready.id] },
      english,
    );
    expect(row.description).toBe(words);
    expect(row.accessibilityLabel).toContain('paused in debugger');
    expect(row.icon.id).toBe('debug-pause');
  });

  it('marks a name that the source does not say, until it is served', () => {
    const guessed = { ...context, isNameProvisional: true };
    const row = bentoRow(bento(), guessed, english);
    expect(row.description).toBe('stopped · name known when served · project');
    const served = bentoRow(bento({ state: 'ready', components: [ready] }), guessed, english);
    expect(served.description).toBe('ready · 1/1 · project');
  });

  it.each([
    [{ kind: 'certificateExpires', file: '/c.pem', days: 5 }, 'certificate expires in 5 days'],
    [{ kind: 'certificateExpires', file: '/c.pem', days: 1 }, 'certificate expires in 1 day'],
    [{ kind: 'certificateExpires', file: '/c.pem', days: 0 }, 'certificate expires within a day'],
    [{ kind: 'certificateExpires', file: '/c.pem', days: -1 }, 'certificate has expired'],
    [{ kind: 'certificateReplaced', file: '/c.pem' }, 'new certificate: restart to apply'],
    [{ kind: 'readinessUnknown' }, 'http requires a client certificate'],
    [{ kind: 'debuggerLeft' }, 'runs with the debugger: restart to remove it'],
  ] as const)('warns of what is about to go wrong: %o', (warning, words) => {
    const warnings = [{ ...warning, component: 'http' }];
    const row = bentoRow(
      bento({ state: 'ready', components: [ready] }),
      { ...context, warnings },
      english,
    );
    expect(row.description).toBe(`ready · 1/1 · ${words} · project`);
    expect(row.icon).toEqual(bentoRow(bento({ state: 'degraded' }), context, english).icon);
    expect(row.tooltip.join('\n')).toMatch(/estart|serveBento\\?\.http/);
  });

  it.each([
    ['compose', true, 'also runs on Docker Compose'],
    ['compose', false, 'may still run on Docker Compose'],
    ['kubernetes', true, 'also runs on Kubernetes'],
    ['kubernetes', false, 'may still run on Kubernetes'],
  ] as const)('says what is left on %s, found: %s', (kind, isFound, words) => {
    const message = say('leftOnCompose', { bento: 'Search', project: 'serve-bento-1a' });
    const warnings = [{ kind: 'leftoverDeployment', engine: { kind }, isFound, message }] as const;
    const row = bentoRow(
      bento({ state: 'ready', components: [ready] }),
      { ...context, warnings },
      english,
    );
    expect(row.description).toBe(`ready · 1/1 · ${words} · project`);
    expect(row.tooltip.join('\n')).toContain('serve\\-bento\\-1a');
  });

  it.each([
    [bento(), 'stopped · project', 'bento:canServe:canBuild:canExport', 'circle-outline'],
    [bento({ source: 'remote' }), 'not watched · remote', 'bento:canWatch', 'circle-outline'],
    [
      bento({ source: 'remote', state: 'degraded', components: [ready, failed] }),
      'degraded · 1/2 · remote',
      'bento:canStop:hasUrl',
      'warning',
    ],
    [
      bento({ state: 'starting', components: [ready, component({ state: 'starting' })] }),
      'starting · 1/2 · project',
      'bento:canStop:hasUrl:canBuild:canExport',
      'loading~spin',
    ],
    [
      bento({ state: 'ready', components: [ready, unavailable] }),
      'ready · 1/1 · project',
      'bento:canStop:canRestart:canAttach:hasUrl:canBuild:canExport',
      'pass-filled',
    ],
    [
      bento({ state: 'ready', components: [ready], engine: { kind: 'compose' } }),
      'ready · 1/1 · project',
      'bento:canStop:canRestart:canAttach:hasUrl:canBuild:canExport:canCompare',
      'pass-filled',
    ],
    [
      bento({ state: 'degraded', components: [ready, failed] }),
      'degraded · 1/2 · project',
      'bento:canServe:canStop:canRestart:canAttach:hasUrl:canBuild:canExport',
      'warning',
    ],
    [
      bento({ state: 'stopping', source: 'file' }),
      'stopping · file',
      'bento:canStop:canBuild:canExport',
      'sync~spin',
    ],
    [
      bento({
        state: 'failed',
        problem: {
          code: 'no-bentoml',
          message: 'BentoML is not installed in /x. Install it.',
          summary: 'BentoML is not installed in /x',
        },
      }),
      'BentoML is not installed in /x · failed · project',
      'bento:canServe:canBuild:canExport',
      'error',
    ],
    [
      bento({
        problem: {
          code: 'settings',
          message: 'serveBento.http.port is 99999, which is ignored: it must be a port.',
          detail: 'a\nb',
        },
      }),
      'serveBento.http.port is 99999, which is ignored: it must be a port · stopped · project',
      'bento:canServe:canBuild:canExport',
      'warning',
    ],
    [
      bento({ source: 'store' }),
      'stopped · store',
      'bento:canServe:canContainerize:canExport',
      'circle-outline',
    ],
  ])('%#: says %s', (given, description, contextValue, icon) => {
    const row = bentoRow(given, context, english);
    expect(row).toMatchObject({ description, contextValue, icon: { id: icon } });
  });

  it.each([
    [say('checkingPython'), 29_000, [], 'starting · checking Python · project'],
    [say('importingService'), 31_000, [], 'starting · importing the service · 31 s · project'],
    [
      say('startingComponent', { number: 2, count: 3 }),
      95_000,
      [ready],
      'starting 2 of 3 · 1 min · project',
    ],
  ])('tells what a start does, and how long when it takes long: %j', (phase, now, parts, words) => {
    const progress = { phase, since: 0 };
    const starting = bento({ state: 'starting', progress, components: parts });
    const row = bentoRow(starting, { ...context, now }, english);
    expect(row.description).toBe(words);
    expect(row.contextValue).toMatch(/^bento:canStop:(?!.*can(Serve|Restart))/);
  });

  it('offers no second restart while one checks whether it can be started', () => {
    const progress = { phase: say('checkingPython'), since: 0 };
    const row = bentoRow(
      bento({ state: 'ready', progress, components: [ready] }),
      context,
      english,
    );
    expect(row.description).toBe('ready · checking Python · 1/1 · project');
    expect(row.contextValue).not.toContain('canRestart');
  });

  it('names the folder where there are several', () => {
    const row = bentoRow(bento(), { ...context, folderName: 'fraud' }, english);
    expect(row.description).toBe('stopped · project · fraud');
  });

  it('cannot be unfolded while nothing is known of its components', () => {
    expect(bentoRow(bento({ components: [] }), context, english).collapsible).toBe('none');
    expect(bentoRow(bento(), context, english).collapsible).toBe('collapsed');
    expect(bentoRow(bento(), { ...context, expanded: true }, english).collapsible).toBe('expanded');
  });

  it('tells all that is wrong in the settings, a line each', () => {
    const { problems } = parseFolderSettings(
      { http: { port: 0 }, grpc: { port: 0 } },
      linuxContext,
    );
    const reader = { bento: discovered(), profile: undefined, components: [] };
    const problem = settingsProblem(problems, reader);
    const { tooltip } = bentoRow(bento({ ...(problem && { problem }) }), context, english);
    const said = tooltip.slice(1, 3).map((text) => text.replaceAll('\\', ''));
    expect(said).toEqual(problems.map(({ message }) => message));
    expect(said).toHaveLength(2);
  });

  it('opens the line of a failure, which its tooltip links to', () => {
    const location = { file: '/work/service.py', line: 3 };
    const problem = { code: 'import-failed', message: 'No.', location } as const;
    const row = bentoRow(bento({ state: 'failed', problem }), context, english);
    expect(row.opens).toEqual(location);
    expect(row.tooltip).toContain(String.raw`[service\.py\:3](<file:///work/service.py#L3>)`);
  });
});

it('the group of the store counts', () => {
  expect(storeRow([bento(), bento({ state: 'ready' })], english)).toMatchObject({
    description: '2 · 1 served',
    contextValue: '',
  });
});

it('the badge counts what is unhealthy or failed, and nothing else', () => {
  expect(
    viewBadge([bento(), bento({ state: 'ready', components: [ready, unavailable] })], english),
  ).toBeUndefined();
  expect(
    viewBadge([bento({ components: [failed, component({ state: 'unhealthy' })] })], english),
  ).toEqual({ value: 2, tooltip: '2 need attention: upper · Search, http · Search' });
  const failedEarly = bento({ state: 'failed', components: [component()] });
  expect(viewBadge([failedEarly, bento({ name: 'Spam' })], english)).toEqual({
    value: 1,
    tooltip: '1 needs attention: Search',
  });
});
