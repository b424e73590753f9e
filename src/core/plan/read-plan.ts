import type { CauseContext } from '../causes/explanation';
import type { ExitStatus } from '../launch/exit-status';
import { ServeError } from '../problem';
import { grpcFailure, importFailure, silentEnd, type Retry } from './import-failure';
import type { Plan, PlannedComponent, PlannedProcess, UnavailableComponent } from './plan';
import { plannerLine, type PlannerLine, type SaidPlan, type SaidUnavailable } from './planner-line';

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
  const line = parse(said.stdout);
  switch (line?.type) {
    case 'plan':
      return plan(line, context);
    case 'problem':
      throw new ServeError({ code: line.code, message: line.message });
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

function parse(stdout: string): PlannerLine | undefined {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  try {
    const parsed = plannerLine.safeParse(JSON.parse(last));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function plan(said: SaidPlan, context: CauseContext): Plan {
  const { bentomlVersion, generation, name, components, unavailable, requested, sources } = said;
  return {
    ...(sources === undefined ? {} : { sources }),
    workingDir: context.workingDir,
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
    unavailable: unavailable.map((component) => unavailableComponent(component, context)),
  };
}

function unavailableComponent(
  { problem, ...component }: SaidUnavailable,
  context: CauseContext,
): UnavailableComponent {
  const own = 'module' in problem ? grpcFailure(problem, problem.module, context) : problem;
  return { ...component, problem: { ...own, component: component.id } };
}
