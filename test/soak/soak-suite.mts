import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';
import type { Suite } from '../window/suites.mts';

/** Both samples in one window, with probes that see a hang soon. */
export function soakSuite(minutes: number, seed: number): Suite {
  if (!(minutes > 0 && minutes <= 600)) throw new Error('--minutes is a number up to 600.');
  if (!Number.isSafeInteger(seed)) throw new Error('--seed is a whole number.');
  return {
    name: 'soak',
    files: ['soak'],
    options: {
      alone: true,
      long: true,
      folder: 'samples',
      settings: {
        'serveBento.health.interval': 1,
        'serveBento.health.timeout': 1,
        'serveBento.health.onHang': 'restart',
        'serveBento.stopGracePeriod': 3,
      },
      env: {
        SERVE_BENTO_SOAK_MINUTES: String(minutes),
        SERVE_BENTO_SOAK_SEED: String(seed),
        SERVE_BENTO_SOAK_RESULT: path.join(projectRoot, 'out/soak.json'),
      },
      timeoutSeconds: (minutes + 5) * 60,
    },
  };
}
