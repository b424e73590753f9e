import { availableMemory } from '../../core/available-memory';
import { systemClock } from '../../core/clock';
import { WarmUp } from '../../core/registry/warm-up';
import type { ServedBefore } from '../../core/target/local/fork-server/served-before';
import { assertTrusted } from '../trust/assert-trusted';
import type { Consent } from '../trust/consent';
import type { ExtensionParts } from './extension-parts';

type Needed = Pick<ExtensionParts, 'log' | 'secrets' | 'sources' | 'registry'> & {
  readonly consent: Consent;
  readonly servedBefore: ServedBefore;
  readonly settled: Promise<undefined>;
};

/** Creates what prepares the next serve of a bento that users look at. */
export function createWarmUp({
  log,
  secrets,
  sources,
  registry,
  consent,
  servedBefore,
  settled,
}: Needed): WarmUp {
  return new WarmUp({
    clock: systemClock,
    log,
    platform: process.platform,
    assertTrusted,
    sources,
    servedBefore,
    availableMemory,
    discovered: (id) => registry.discovered(id),
    areAnswered: async ({ bento, folder, exposed, variables, secrets: names }) =>
      consent.has(bento, exposed, variables) && (await secrets.has(folder, names)),
    helpers: () => registry.helperPool(),
    onStopAll: registry.onStopAll,
    settled,
  });
}
