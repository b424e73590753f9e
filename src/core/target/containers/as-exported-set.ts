import type { ExportedSet } from '../../export/exported-set';
import type { ContainerPlan } from './container-plan';

/** Returns the texts of a plan as an exported set, to check that a file can contain them. */
export const asExportedSet = (plan: ContainerPlan): ExportedSet => ({
  name: plan.displayName,
  bentomlVersion: plan.bentomlVersion,
  cwd: '/',
  env: plan.env,
  fromOutside: plan.secretVariables,
  unset: [],
  commands: plan.workloads.map(({ name, command, env, dependsOn }) => ({
    ...{ name, env, dependsOn },
    argv: command,
  })),
  leftOut: plan.leftOut,
});
