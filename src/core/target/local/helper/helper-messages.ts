import * as z from 'zod';

/**
 * What the helper says, one JSON line each: replies carry `re`, the number of the request, events carry `event`. The
 * line of an output is followed by so many bytes of it, none at its end.
 */

const holder = z.object({ pid: z.number(), name: z.string() });

const failure = z.object({
  re: z.number(),
  ok: z.literal(false),
  /** An errno name such as `EADDRINUSE`, or the name of a Python exception. */
  code: z.string(),
  message: z.string(),
  holder: holder.nullish(),
});

const success = z.looseObject({ re: z.number(), ok: z.literal(true) });

const output = z.object({
  event: z.literal('output'),
  process: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  bytes: z.number().int().nonnegative(),
});

const exit = z.object({
  event: z.literal('exit'),
  process: z.string(),
  pid: z.number(),
  code: z.number().nullable(),
  signal: z.string().nullable(),
});

const workers = z.object({
  event: z.literal('workers'),
  process: z.string(),
  alive: z.array(z.number()),
  died: z.array(z.number()),
});

const forkServer = z.object({
  event: z.literal('forkServer'),
  ready: z.boolean(),
  /** Why it cannot be; null when it died. */
  why: z.string().nullable(),
  /** How it died, and the module that it was importing; null for that one when it was ready. */
  death: z
    .object({
      code: z.number().nullable(),
      signal: z.string().nullable(),
      importing: z.string().nullable(),
    })
    .nullish(),
});

const canPlan = z.object({ event: z.literal('canPlan') });

const attached = z.object({
  event: z.literal('debugger'),
  pid: z.number(),
  /** The adapter of the attach request: see `AttachSpec`. */
  adapter: z.string(),
  /** Why the worker did not attach: see serve_bento_debug/protocol.py. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

const profile = z.object({
  event: z.literal('profile'),
  pid: z.number(),
  /** The file that it writes. */
  file: z.string(),
  /** It has ended; otherwise it has begun. */
  done: z.boolean(),
  /** Why there is no profile: see serve_bento_debug/protocol.py. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const helperMessage = z.union([
  output,
  exit,
  workers,
  forkServer,
  canPlan,
  attached,
  profile,
  success,
  failure,
]);

export type HelperOutputHeader = z.infer<typeof output>;

export interface HelperOutput {
  readonly process: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export type HelperExit = z.infer<typeof exit>;
/** An arbiter's workers have changed. */
export type HelperWorkers = z.infer<typeof workers>;
/** A planner can be forked, even before workers can be. */
export type HelperCanPlan = z.infer<typeof canPlan>;
/** The fork server is ready to fork workers, or cannot be. */
export type HelperForkServer = z.infer<typeof forkServer>;
export type ForkServerDeath = NonNullable<HelperForkServer['death']>;
/** A worker has attached to a debugger, or could not. */
export type HelperDebugger = z.infer<typeof attached>;
/** A worker has begun to profile itself, or has ended it. */
export type HelperProfile = z.infer<typeof profile>;
export type PortHolder = z.infer<typeof holder>;

export const replies = {
  init: z.object({ pid: z.number(), python: z.string() }),
  bind: z.object({ fd: z.number(), port: z.number() }),
  spawn: z.object({
    pid: z.number(),
    started: z.union([z.number(), z.string()]).nullable(),
    /** Why it was started although it was to be forked. */
    notForked: z.string().nullish(),
  }),
  startForkServer: z.object({ pid: z.number() }),
  prioritizeForkServer: z.object({}),
  reset: z.object({}),
  kill: z.object({ killed: z.number() }),
  listens: z.object({ own: z.boolean().nullable() }),
  stopped: z.object({ pids: z.array(z.number()) }),
  release: z.object({}),
  keep: z.object({ path: z.string() }),
  terminate: z.object({}),
  retire: z.object({}),
  attachDebugger: z.object({}),
  withdrawAttach: z.object({}),
  profile: z.object({}),
  endProfile: z.object({}),
  dumpStacks: z.object({ file: z.string(), begin: z.number().int().nonnegative() }),
  accepting: z.object({ all: z.boolean().nullable() }),
};

export type HelperCommand = keyof typeof replies;
