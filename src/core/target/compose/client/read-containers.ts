import * as z from 'zod';
import { jsonIn } from '../../../json';
import { oneLine } from '../../../one-line';
import { containerStatuses, type Container, type ContainerHealth } from './container';

const status = z.preprocess(
  (value) => (typeof value === 'string' ? value.toLowerCase() : value),
  z.enum(containerStatuses),
);
const healthStatus = z.enum(['starting', 'healthy', 'unhealthy']);

/** A line of `compose ps --format json`. Engines add their own fields. */
const listed = z.object({
  ID: z.string(),
  Name: z.string(),
  Service: z.string(),
  State: status,
  Health: healthStatus.optional().catch(undefined),
  ExitCode: z.number().int().catch(0),
  Labels: z.string().default('').catch(''),
});

/** An element of the output of `inspect`. */
const inspected = z.object({
  Id: z.string(),
  RestartCount: z.number().int().nonnegative().catch(0),
  State: z.object({
    Status: status,
    OOMKilled: z.boolean().catch(false),
    ExitCode: z.number().int().catch(0),
    Error: z.string().catch(''),
    StartedAt: z.string().optional().catch(undefined),
    Health: z
      .object({
        Status: healthStatus,
        Log: z
          .array(z.object({ ExitCode: z.number(), Output: z.string().catch('') }))
          .nullish()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish().catch(undefined) }),
});

type Listed = z.infer<typeof listed>;
type Inspected = z.infer<typeof inspected>;

/**
 * Reads the output of `compose ps --all --format json`: one container a line, or one list. Other lines are ignored,
 * because programs print warnings in between.
 */
export function readListed(output: string): readonly Container[] {
  return parsed(output).flatMap((value) => {
    const { data } = listed.safeParse(value);
    return data === undefined ? [] : [listedContainer(data)];
  });
}

/** Adds the details that `inspect` printed to the containers. */
export function withDetails(
  containers: readonly Container[],
  output: string,
): readonly Container[] {
  const details = parsed(output).flatMap((value) => inspected.safeParse(value).data ?? []);
  return containers.map((container) => {
    // Compose shortens ids.
    const own = details.find(({ Id }) => Id.startsWith(container.id));
    return own === undefined ? container : detailed(container, own);
  });
}

function listedContainer({
  ID,
  Name,
  Service,
  State,
  Health,
  ExitCode,
  Labels,
}: Listed): Container {
  const labels = labelsIn(Labels);
  return {
    ...{ id: ID, name: Name, service: Service, status: State, labels },
    number: numberOf(Name, labels),
    ...(Health === undefined ? {} : { health: { status: Health } }),
    ...exitOf(State, ExitCode),
    isOutOfMemory: false,
    restarts: 0,
  };
}

function detailed(container: Container, { Id, RestartCount, State, Config }: Inspected): Container {
  const { exitCode: _, health: __, ...common } = container;
  const labels = Config.Labels ?? container.labels;
  const error = oneLine(State.Error);
  const startedAt = Date.parse(State.StartedAt ?? '');
  return {
    ...common,
    ...{ id: Id, labels, status: State.Status, restarts: RestartCount },
    number: numberOf(container.name, labels),
    ...(State.Health === undefined ? {} : { health: healthOf(State.Health) }),
    ...exitOf(State.Status, State.ExitCode),
    isOutOfMemory: State.OOMKilled,
    ...(error === '' ? {} : { error }),
    // A container that was never started has a date in the year 1.
    ...(startedAt > 0 ? { startedAt } : {}),
  };
}

function exitOf(
  state: Container['status'],
  code: number,
): Pick<Container, 'exitCode'> | Record<string, never> {
  return state === 'exited' || state === 'dead' || state === 'restarting' ? { exitCode: code } : {};
}

function healthOf({ Status, Log }: NonNullable<Inspected['State']['Health']>): ContainerHealth {
  const failed = Log?.findLast(({ ExitCode }) => ExitCode !== 0);
  const lines = failed?.Output.trim().split('\n');
  const answer = oneLine(lines?.at(-1) ?? '');
  return { status: Status, ...(answer === '' ? {} : { answer }) };
}

/** Reads the number from Compose's own label, or else from the end of the name. */
const numberOf = (name: string, labels: Readonly<Record<string, string>>): number =>
  Number(labels['com.docker.compose.container-number'] ?? /[-_](\d+)$/.exec(name)?.[1] ?? 1);

/** Parses `name=value,name=value`, where values may contain commas. */
function labelsIn(text: string): Readonly<Record<string, string>> {
  const labels = text.split(/,(?=[\w./-]+=)/).flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at === -1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
  });
  return Object.fromEntries(labels);
}

/** Parses one list, or one value a line. */
function parsed(output: string): readonly unknown[] {
  const whole = jsonIn(output);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  return output.split('\n').flatMap((line) => {
    const value = jsonIn(line);
    return value === undefined ? [] : [value];
  });
}
