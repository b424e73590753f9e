import * as z from 'zod';
import { debugType } from '../identifiers';

const shared = {
  type: z.literal(debugType),
  name: z.string(),
  /** Stop only in the user's own code. */
  justMyCode: z.boolean().default(true),
  /** Debug the processes that workers start, too. */
  subProcess: z.boolean().default(true),
};

/** A configuration of `launch.json` whose bento was found. `bento`: its id. */
export const debugConfiguration = z.discriminatedUnion('request', [
  z.looseObject({
    ...shared,
    request: z.literal('launch'),
    bento: z.string(),
    profile: z.string().optional(),
    /** Their names, as their rows show them. */
    components: z.array(z.string()).min(1).optional(),
    noDebug: z.boolean().default(false),
  }),
  z.looseObject({
    ...shared,
    request: z.literal('attach'),
    bento: z.string(),
    component: z.string().optional(),
    /** The number of the worker, as in the name of its session, counted from 1. */
    worker: z.int().min(1).optional(),
  }),
]);

export type DebugConfiguration = z.infer<typeof debugConfiguration>;

export type AttachConfiguration = Extract<DebugConfiguration, { request: 'attach' }>;
export type LaunchConfiguration = Extract<DebugConfiguration, { request: 'launch' }>;

/** Whether a session belongs to a worker, or to a process that a worker has started. */
export const isOfWorker = (configuration: Readonly<Record<string, unknown>>): boolean =>
  typeof configuration['socket'] === 'string';
