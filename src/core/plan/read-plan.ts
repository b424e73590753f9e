import type { CauseContext } from '../causes/known-causes';
import { oneLine } from '../one-line';
import { ServeError } from '../problem';
import { grpcFailure, importFailure } from './import-failure';
import type { Plan, PlannedComponent, PlannedProcess, UnavailableComponent } from './plan';
import { plannerLine, type PlannerLine, type SaidPlan, type SaidUnavailable } from './planner-line';

const longestDetail = 20_000;

/**
 * What plan.py has written to its standard output; `stderr` is shown when that is not a line of ours.
 * @throws ServeError with the planner's problem.
 */
export function readPlan(stdout: string, stderr: string, context: CauseContext): Plan {
  const line = parse(stdout);
  switch (line?.type) {
    case 'plan':
      return plan(line, context);
    case 'problem':
      throw new ServeError({ code: line.code, message: line.message });
    case 'raised':
      throw new ServeError(importFailure(line.traceback, line.doing, context));
    case undefined:
      throw silent(stdout, stderr);
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
  const own =
    'module' in problem ? grpcFailure(problem.traceback, problem.module, context) : problem;
  return { ...component, problem: { ...own, component: component.id } };
}

function silent(stdout: string, stderr: string): ServeError {
  const said = [stderr.trim(), stdout.trim()].filter((text) => text !== '').join('\n');
  const last = oneLine(said.slice(said.lastIndexOf('\n') + 1));
  return new ServeError({
    code: 'import-failed',
    message: `Python ended without an answer while the service was imported${last === '' ? '' : `; its last line was: ${last}`}. See the log for its output.`,
    detail: said.slice(-longestDetail),
  });
}
