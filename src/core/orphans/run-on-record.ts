import type { Run } from '../programs/run';
import { markVariable } from './processes';
import type { Runs } from './runs';

/**
 * Runs short programs on record: one that hangs, such as an interpreter on a drive that is gone, has no life line
 * and outlives an extension host that is killed. The next one finds it by its mark and ends it.
 */
export function runOnRecord(run: Run, runs: Runs): Run {
  return async (file, args, options) => {
    const recorded = await runs.begin();
    let isOver = false;
    try {
      const env = { ...options.env, [markVariable]: recorded.mark };
      const result = await run(file, args, { ...options, env });
      isOver = !result.failed;
      return result;
    } finally {
      await recorded.end(isOver);
    }
  };
}
