import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';
import { Emitter } from '../../src/core/events';
import { UsedEngines } from '../../src/core/registry/used-engines';
import type { BentoSources } from '../../src/core/registry/bento-sources';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { ServeSettings } from '../../src/core/settings/serve-settings';

/** A window with one bento, in which nothing changes and nobody is asked for anything. */
export const sourcesOf = (
  bento: DiscoveredBento,
  settings: ServeSettings,
  others: Partial<BentoSources> = {},
): BentoSources => ({
  hasFolder: () => true,
  discovered: () => [bento],
  onDidDiscover: new Emitter<void>().event,
  onDidChangeInterpreter: new Emitter<void>().event,
  onDidChangeFiles: new Emitter<readonly string[]>().event,
  watchServed: () => undefined,
  refresh: () => Promise.resolve(),
  settingsFor: () => settings,
  profiles: () => ({ names: [] }),
  targetChoice: () => ({}),
  chooseTarget: () => undefined,
  usedEngines: new UsedEngines({ get: () => undefined, update: () => Promise.resolve() }),
  settleTarget: () => false,
  chooseProfile: () => undefined,
  folderSettings: () => ({
    defaults: settings,
    profiles: {},
    bentos: [],
    watched: [],
    problems: [],
  }),
  usersOwnSettings: () => defaultSettings,
  fileVariables: () => Promise.resolve({}),
  privilegedVariables: () => [],
  findInterpreter: () =>
    Promise.resolve({
      path: '/work/.venv/bin/python',
      version: '3.12.1',
      bentomlVersion: '1.4.38',
      origin: 'the test',
    }),
  environmentFor: () => Promise.resolve({}),
  ...others,
});
