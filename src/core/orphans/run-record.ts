import * as z from 'zod';
import { atMost } from '../length-limits';

/** Of 128 random bits, so that nobody else has it. */
const mark = z.string().regex(/^[0-9a-f]{32}$/);

const identity = z.object({
  pid: z.int().min(1).max(2_147_483_647),
  start: z.string().check(atMost(64)),
});

/** What a run file says: who runs, for whom, and what is to be removed after it. */
export const runRecord = z.object({
  version: z.literal(1),
  mark,
  /** See `Processes.system`. */
  system: z.string().check(atMost(200)),
  /** The extension host. */
  host: identity,
  /** Not known at the very beginning, nor for short programs. */
  helper: identity.optional(),
  /** Its run directory, an absolute path. */
  directory: z.string().check(atMost(4096)).optional(),
});

export type RunRecord = z.infer<typeof runRecord>;
