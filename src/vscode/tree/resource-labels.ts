import type { WorkerResources } from '../../core/plan/worker-resources';
import type { Localize } from '../localize';
import { joined } from './row';

/** The devices of all workers, for the row: `GPU 0, 1`. */
export function gpuWords(
  resources: readonly WorkerResources[],
  l10n: Localize,
): string | undefined {
  const devices = [...new Set(resources.flatMap(({ gpus = [] }) => gpus))];
  return devices.length === 0 ? undefined : l10n.t('GPU {0}', devices.join(', '));
}

/** What each worker has, for the tooltip; once for workers that have the same. */
export function resourceLines(
  resources: readonly WorkerResources[],
  l10n: Localize,
): readonly string[] {
  const said = resources.map((one) => words(one, l10n));
  const numbers = Map.groupBy(said.keys(), (index) => said[index] ?? '');
  return [...numbers].flatMap(([text, indexes]) => {
    if (text === '') return [];
    const workers = indexes.map((index) => index + 1);
    return workers.length === resources.length
      ? [l10n.t('Each worker: {0}', text)]
      : [l10n.t('Worker {0}: {1}', workers.join(', '), text)];
  });
}

function words({ gpus, threads }: WorkerResources, l10n: Localize): string {
  const devices =
    gpus === undefined
      ? undefined
      : gpus.length === 0
        ? l10n.t('no GPU')
        : l10n.t('GPU {0}', gpus.join(', '));
  const cpu =
    threads === undefined
      ? undefined
      : threads === 1
        ? l10n.t('one CPU thread')
        : l10n.t('{0} CPU threads', threads);
  return joined([cpu, devices], ', ');
}
