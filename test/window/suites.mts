import { soakSuite } from '../soak/soak-suite.mts';
import type { CaseOptions } from './case-options.mts';

export interface Suite {
  readonly name: string;
  /** Of `suite/`, without their endings; run in this order. Several suites may run the same one. */
  readonly files: readonly string[];
  readonly options: CaseOptions;
}

type Served = Required<Pick<CaseOptions, 'environment'>> & {
  readonly sample: 'search' | 'shout';
  readonly launcher: 'workers' | 'cli';
  readonly grpc?: boolean;
  readonly long?: true;
};

const serve = ({ environment, sample, launcher, grpc = false, long }: Served): Suite => ({
  name: `serve-${environment}-${sample}-${launcher}`,
  files: ['serve'],
  options: {
    folder: `samples/${sample}`,
    environment,
    settings: { 'serveBento.launcher': launcher, 'serveBento.grpc.enabled': grpc },
    // With `cli` a port is free while its component restarts, and the other windows look for free ones.
    ...(launcher === 'cli' ? { alone: true } : {}),
    ...(long === undefined ? {} : { long }),
  },
});

/** What runs in the extension host, each suite in a window of its own. */
export const suites: readonly Suite[] = [
  {
    // What needs a window of its own has one: these leave their folder as they find it.
    name: 'search',
    files: ['activation', 'refusals', 'editing', 'tasks'],
    options: {
      folder: 'samples/search',
      settings: { 'serveBento.profiles': { port: { http: { port: 3777 } } } },
      timeoutSeconds: 360,
    },
  },
  {
    name: 'folders',
    files: ['folders'],
    options: { folder: 'samples/samples.code-workspace', environment: 'none' },
  },
  {
    name: 'debug-sessions',
    files: ['debug'],
    options: { folder: 'samples/search', debugpy: true, timeoutSeconds: 400 },
  },
  serve({ environment: 'bentoml-1.4', sample: 'search', launcher: 'workers' }),
  serve({ environment: 'bentoml-1.4', sample: 'shout', launcher: 'workers', grpc: true }),
  serve({ environment: 'bentoml-1.4', sample: 'search', launcher: 'cli', long: true }),
  serve({ environment: 'bentoml-1.4', sample: 'shout', launcher: 'cli', grpc: true, long: true }),
  serve({ environment: 'bentoml-1.3', sample: 'search', launcher: 'workers', long: true }),
  serve({
    ...{ environment: 'bentoml-1.1', sample: 'shout', launcher: 'workers' },
    ...{ grpc: true, long: true },
  }),
  serve({ environment: 'bentoml-1.0', sample: 'shout', launcher: 'workers', long: true }),
  // A short one of a seed that stays; `npm run soak` is the long one, of any seed.
  soakSuite(0.5, 7),
];
