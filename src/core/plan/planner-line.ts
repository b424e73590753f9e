import * as z from 'zod';
import type { Raised } from '../diagnosis/traceback';
import { isComplete, isMessageKey, problemTexts, type MessageKey } from '../messages/message';
import type { Problem } from '../model';
import { oneLine } from '../one-line';
import { remoteAddress } from '../settings/address-types';
import { atLeast } from '../length-limits';

/** The line of JSON that plan.py prints. Unknown fields are dropped. */

const texts = z.record(z.string(), z.string());
/** A text that becomes a part of a message. */
const words = z
  .string()
  .transform((text) => oneLine(text, 1000))
  .pipe(z.string().check(atLeast(1)));
const kind = z.enum(['http', 'grpc', 'runner', 'service']);

const process = z.object({
  role: z.enum(['worker', 'metrics']),
  argv: z.array(z.string()).check(atLeast(1)),
  env: texts.default({}),
  // Far beyond any machine; settings end at 512.
  count: z.number().int().min(1).max(1024),
  sockets: z.array(z.enum(['self', 'metrics'])).default([]),
  cwd: z.string().optional(),
});

const quantity = z.union([z.string(), z.number()]).exactOptional();

const component = z
  .object({
    id: z.string().check(atLeast(1)),
    kind,
    name: z.string(),
    dependsOn: z.array(z.string()).default([]),
    processes: z.array(process),
    probes: z.object({ live: z.string(), ready: z.string() }),
    command: z.array(z.string()),
    commandEnv: texts.default({}),
    listens: z.enum(['http', 'grpc']).optional(),
    remote: remoteAddress().optional(),
    resources: z
      .object({
        ...{ cpu: quantity, memory: quantity, gpu: quantity },
        ...{ gpuType: quantity, tpuType: quantity },
      })
      .exactOptional(),
    usesCpuCount: z.boolean().exactOptional(),
    metrics: z.object({ path: z.string(), namespace: z.string() }).exactOptional(),
  })
  .refine(({ command, processes, remote }) =>
    remote === undefined ? command.length > 0 : processes.length === 0,
  );

const problemCode = z
  .enum([
    'settings',
    'import-failed',
    'grpc-unavailable',
    'unknown-runner',
    'missing-runner',
    'tls',
  ])
  .catch('import-failed');

const key = z.custom<MessageKey>((value) => isMessageKey(value));

/** A problem that the planner itself found. */
const problemFields = z.object({
  code: problemCode,
  key,
  args: z.record(z.string(), words),
  summary: key.exactOptional(),
  setting: z.string().exactOptional(),
  file: z.string().exactOptional(),
});

type SaidProblem = z.infer<typeof problemFields>;

const hasArguments = ({ key, args, summary }: SaidProblem): boolean =>
  isComplete({ key, args }) && (summary === undefined || isComplete({ key: summary, args }));

const problem = problemFields.refine(hasArguments);

/** In the form that everybody else has. */
export const problemOfLine = ({ key, args, summary, ...facts }: SaidProblem): Problem => ({
  ...facts,
  ...problemTexts({ key, args }, summary && { key: summary, args }),
});

const frame = z.object({
  file: z.string(),
  line: z.number().int().min(1),
  function: z.string().optional(),
  code: z.string().optional(),
});

/** An exception that the user's code raised, and those that it came from, nearest first. */
const exception = {
  traceback: z.string(),
  chain: z.array(
    z
      .object({
        type: z.string(),
        message: z.string(),
        frames: z.array(frame),
        facts: z
          .object({
            module: z.string().exactOptional(),
            errno: z.number().int().exactOptional(),
            file: z.string().exactOptional(),
          })
          .default({}),
        relation: z.enum(['cause', 'context', 'member']).nullish(),
      })
      .transform(({ relation, frames, ...raised }): Raised => ({
        ...raised,
        frames: frames.map(({ code, function: name, ...place }) => ({
          ...place,
          ...(code ? { code } : {}),
          ...(name ? { function: name } : {}),
        })),
        ...(relation ? { relation } : {}),
      })),
  ),
};

const unavailable = z.object({
  id: z.string(),
  kind,
  name: z.string(),
  problem: z.union([problem, z.object({ module: words, ...exception })]),
});

const port = z.number().int().min(1).max(65_535);
const requestedAddress = z.object({
  host: z.string().check(atLeast(1)).exactOptional(),
  port: port.exactOptional(),
  invalidPort: words.exactOptional(),
  portSource: words.exactOptional(),
  metricsPort: port.exactOptional(),
  invalidMetricsPort: words.exactOptional(),
  metricsPortSource: words.exactOptional(),
});

export const plannedPlan = z.object({
  type: z.literal('plan'),
  bentomlVersion: z.string(),
  generation: z.enum(['legacy', 'service']),
  name: z.string(),
  components: z
    .array(component)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length),
  unavailable: z.array(unavailable).default([]),
  requested: z
    .object({ http: requestedAddress.exactOptional(), grpc: requestedAddress.exactOptional() })
    .default({}),
  sources: z.array(z.string()).optional(),
});

const refusal = problemFields.extend({ type: z.literal('problem') }).refine(hasArguments);

const raised = z.object({
  type: z.literal('raised'),
  doing: z.enum(['import', 'deployment']),
  ...exception,
});

/** The file that is being imported; none between two of them. */
const importing = z.object({ type: z.literal('importing'), file: z.string().nullable() });

export const plannerLine = z.discriminatedUnion('type', [plannedPlan, refusal, raised, importing]);

export type PlannerLine = z.infer<typeof plannerLine>;
export type ReportedPlan = z.infer<typeof plannedPlan>;
export type SaidUnavailable = z.infer<typeof unavailable>;
