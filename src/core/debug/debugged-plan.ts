import type { Plan, PlannedComponent, PlannedProcess } from '../plan/plan';

/** Seconds that a request may take while it is debugged: a day. */
const limit = 86_400;

const configOptions = 'BENTOML_CONFIG_OPTIONS';

/**
 * The plan of a bento that is debugged from its start: BentoML's time limits are raised in all components, because those
 * that are not debugged wait for those that are, and the named components have one worker.
 * @param env the environment of all components
 */
export function debuggedPlan(
  plan: Plan,
  oneWorker: readonly string[],
  env: Readonly<Record<string, string>>,
): Plan {
  const options = raisedLimits(plan);
  const raised = (own: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    ...own,
    // Those that come last win.
    [configOptions]: [own[configOptions] ?? escaped(env[configOptions] ?? ''), ...options]
      .filter((part) => part !== '')
      .join(' '),
  });
  const process = (one: PlannedProcess, { id }: PlannedComponent): PlannedProcess => ({
    ...one,
    env: raised(one.env),
    count: one.role === 'worker' && oneWorker.includes(id) ? Math.min(one.count, 1) : one.count,
  });
  return {
    ...plan,
    components: plan.components.map((component) => ({
      ...component,
      processes: component.processes.map((one) => process(one, component)),
      commandEnv: raised(component.commandEnv),
    })),
  };
}

/** A limit that is set for one service or runner wins over that of all, so each is named. */
function raisedLimits({ generation, components }: Plan): readonly string[] {
  const kinds = generation === 'service' ? ['http', 'service'] : ['runner'];
  const group = generation === 'service' ? 'services' : 'runners';
  const named = components
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ name }) => `${group}.${key(name)}.traffic.timeout=${limit}`);
  const general = [`${group}.traffic.timeout=${limit}`];
  if (generation === 'legacy') general.push(`api_server.traffic.timeout=${limit}`);
  return [...general, ...named].map(escaped);
}

const key = (name: string): string => (/^\w+$/.test(name) ? name : `"${name}"`);

/** A dollar sign would begin a placeholder of the plan. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');
