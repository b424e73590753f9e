import type { Plan, PlannedComponent, PlannedProcess } from './plan';
import { PlanFailure } from './plan-failure';
import { plannerLine, type PlannerLine, type SaidPlan, type SaidProblem } from './planner-line';

const longestDetail = 20_000;

/**
 * What plan.py has written to its standard output; `stderr` is shown when that is not a line of ours.
 * @throws PlanFailure with the planner's problem.
 */
export function readPlan(stdout: string, stderr = ''): Plan {
  const line = parse(stdout);
  if (line === undefined) throw silent(stdout, stderr);
  if (line.type === 'problem') throw failure(line);
  return plan(line);
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

function plan(said: SaidPlan): Plan {
  const { bentomlVersion, generation, name, components, unavailable, sources } = said;
  return {
    ...(sources === undefined ? {} : { sources }),
    bentomlVersion,
    generation,
    name,
    components: components.map((component): PlannedComponent => ({
      ...component,
      processes: component.processes.map(({ cwd, ...process }): PlannedProcess => ({
        ...process,
        ...(cwd === undefined ? {} : { cwd }),
      })),
    })),
    unavailable: unavailable.map(({ problem, ...component }) => ({
      ...component,
      problem: { ...problem, component: component.id },
    })),
  };
}

function failure({ code, message, detail, file, line, exception }: SaidProblem): PlanFailure {
  return new PlanFailure(
    { code, message, ...(detail === undefined ? {} : { detail }) },
    file === undefined || line === undefined ? undefined : { file, line },
    exception,
  );
}

function silent(stdout: string, stderr: string): PlanFailure {
  const said = [stderr.trim(), stdout.trim()].filter((text) => text !== '').join('\n');
  const last = said.split('\n').at(-1) ?? '';
  return new PlanFailure({
    code: 'import-failed',
    message: `Python ended without an answer while the service was imported${last === '' ? '' : `; its last line was: ${last.slice(0, 300)}`}. See the log for its output.`,
    detail: said.slice(-longestDetail),
  });
}
