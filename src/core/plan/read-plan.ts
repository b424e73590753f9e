import * as z from 'zod';
import { jsonIn } from '../json';
import type { CauseContext } from '../diagnosis/explanation';
import type { ExitStatus } from '../programs/exit-status';
import { ServeError } from '../problem';
import { grpcFailure, importFailure, silentEnd, type Retry } from './import-failure';
import type { Plan, PlannedComponent, PlannedProcess, UnavailableComponent } from './plan';
import {
  plannerLine,
  problemOfLine,
  type PlannerLine,
  type ReportedPlan,
  type SaidUnavailable,
} from './planner-line';
import { problemTexts, say } from '../messages/message';

/** What plan.py has written until its end, and how it ended. */
export interface PlannerOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: ExitStatus;
}

/**
 * The plan is the last line of the standard output; the rest is shown when there is none.
 * @throws ServeError with the planner's problem.
 */
export function readPlan(said: PlannerOutput, context: CauseContext, retry: Retry): Plan {
  const line = parse(said, context);
  switch (line?.type) {
    case 'plan': {
      const unavailable = line.unavailable.map((one) => unavailableComponent(one, context));
      return { ...planOf(line, context), unavailable };
    }
    case 'problem': {
      const { type: _, ...problem } = line;
      throw new ServeError(problemOfLine(problem));
    }
    case 'raised':
      throw new ServeError(importFailure(line, line.doing, said.stderr, context, retry));
    case 'importing':
      throw new ServeError(
        silentEnd(said.status, { ...said, stdout: '' }, line.file ?? undefined, context, retry),
      );
    case undefined:
      throw new ServeError(silentEnd(said.status, said, undefined, context, retry));
  }
}

/** @throws ServeError for an answer that is complete, but not in the agreed form. */
function parse({ stdout, stderr }: PlannerOutput, context: CauseContext): PlannerLine | undefined {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const answer = jsonIn(last);
  const parsed = plannerLine.safeParse(answer);
  if (parsed.success) return parsed.data;
  if (!isAnswer.safeParse(answer).success) return undefined;
  const wrong = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  );
  throw new ServeError({
    code: 'import-failed',
    ...problemTexts(
      say('planUnreadable', { reference: context.reference }),
      say('planUnreadableSummary', { reference: context.reference }),
    ),
    detail: `${wrong.join('\n').slice(0, longestPart)}\n${stderr.trim().slice(-longestPart)}`,
  });
}

/** In UTF-16 units. */
const longestPart = 9000;
const isAnswer = z.object({ type: z.enum(['plan', 'problem', 'raised']) });

/** Returns the plan with the components that can be served. */
export function planOf(said: ReportedPlan, { workingDir }: Pick<CauseContext, 'workingDir'>): Plan {
  const { bentomlVersion, generation, name, components, requested, sources } = said;
  return {
    ...(sources === undefined ? {} : { sources }),
    workingDir,
    bentomlVersion,
    generation,
    name,
    requested,
    components: components.map(({ listens, remote, ...component }): PlannedComponent => ({
      ...component,
      ...(listens === undefined ? {} : { listens }),
      ...(remote === undefined ? {} : { remote }),
      processes: component.processes.map(({ cwd, ...process }): PlannedProcess => ({
        ...process,
        ...(cwd === undefined ? {} : { cwd }),
      })),
    })),
    unavailable: [],
  };
}

function unavailableComponent(
  { problem, ...component }: SaidUnavailable,
  context: CauseContext,
): UnavailableComponent {
  const own =
    'module' in problem ? grpcFailure(problem, problem.module, context) : problemOfLine(problem);
  return { ...component, problem: { ...own, component: component.id } };
}
