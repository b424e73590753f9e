import type { AnyEnvironmentName } from '../../../scripts/environments.mts';
import { bentomlServe, type BentomlServe } from '../../support/bentoml-serve.ts';

/** A bento that both sides serve, with as many workers. */
export interface Subject {
  readonly name: string;
  readonly environment: AnyEnvironmentName;
  /** A folder; relative to the project's. */
  readonly sample: string;
  readonly reference: string;
  /** By their names without `serveBento.` */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Of a legacy service; `bentoml serve` takes those of class services from their code. */
  readonly apiWorkers?: number;
}

/** The other side of the comparison. */
export function serveTheirs(
  python: string,
  { sample, reference, apiWorkers }: Subject,
  ...options: readonly string[]
): Promise<BentomlServe> {
  const workers = apiWorkers === undefined ? [] : ['--api-workers', String(apiWorkers)];
  return bentomlServe({ python, sample, reference, args: [...workers, ...options] });
}

export const classServices: Subject = {
  name: 'class services, 1.4.38',
  environment: 'bentoml-1.4',
  sample: 'samples/search',
  reference: 'service:Search',
};

export const legacyServices: readonly Subject[] = [
  {
    name: 'legacy, 1.4.38',
    environment: 'bentoml-1.4',
    sample: 'samples/shout',
    reference: 'service:svc',
    apiWorkers: 1,
  },
  {
    name: 'legacy, 1.1.11',
    environment: 'bentoml-1.1',
    sample: 'samples/shout',
    reference: 'service:svc',
    apiWorkers: 1,
  },
];
