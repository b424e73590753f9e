import type { Plan, PlannedComponent } from '../../src/core/plan/plan';

/** A component of a plan; of class services unless something else is said. */
export const planned = (values: Partial<PlannedComponent> = {}): PlannedComponent => ({
  id: 'http',
  kind: 'http',
  name: 'Search',
  dependsOn: [],
  processes: [
    {
      ...{ role: 'worker', env: {}, count: 1, sockets: ['self'] },
      argv: ['python', '-m', 'worker', '--fd', '$(fd:self)'],
    },
  ],
  probes: { live: '/livez', ready: '/readyz' },
  command: ['python', '-m', 'start', '--port', '$(port)'],
  commandEnv: {},
  ...values,
});

export const inner = planned({ id: 'service:Inner', kind: 'service', name: 'Inner' });
export const entry = planned({ dependsOn: [inner.id] });

export const planOf = (
  components: readonly PlannedComponent[],
  values: Partial<Plan> = {},
): Plan => ({
  ...{ bentomlVersion: '1.4.38', generation: 'service', workingDir: '/work', name: 'Search' },
  ...{ components, unavailable: [], requested: {} },
  ...values,
});
