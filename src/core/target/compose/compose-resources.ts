import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ContainerPlan } from '../containers/container-plan';
import { bentoLabel } from '../containers/labels';
import { composeFile } from './compose-file';
import { secretsFile } from './compose-service';

/** The bento whose containers they are: no two of a machine have the same. */
export interface Owner {
  /** See `Bento.id`. */
  readonly bento: string;
  /** The workspace folder, an absolute path. */
  readonly folder: string;
}

/** The files of a project, and what it is found by. */
export interface ComposeResources {
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Contents by the names in a folder of their own. Compose reads the first ones, in this order. */
  readonly files: Readonly<Record<string, string>>;
  readonly composeFiles: readonly string[];
  /** The variable of Compose that has the value of each secret variable. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** The ids of components by their services. */
  readonly components: Readonly<Record<string, string>>;
  readonly startSeconds: number;
  readonly stopGraceSeconds: number;
}

const ownerLabel = 'serve-bento.dev/owner';
/** The id of the component, which `componentLabel` has as a DNS label. */
export const componentIdLabel = 'serve-bento.dev/component-id';
/** How long a container may take to end. Every window has to know it. */
export const graceLabel = 'serve-bento.dev/stop-grace-seconds';

/** What containers of the bento carry, whatever its plan is. */
export const ownerLabels = ({ bento, folder }: Owner): Readonly<Record<string, string>> => ({
  [ownerLabel]: createHash('sha256').update(`${folder}\0${bento}`).digest('hex').slice(0, 16),
});

/** The name of the project, the same in each window. */
export const projectName = (owner: Owner): string =>
  `serve-bento-${ownerLabels(owner)[ownerLabel] ?? ''}`;

/** The Compose file of the plan, and one that is merged over it with what makes the containers ours. */
export function composeResources(
  plan: ContainerPlan,
  owner: Owner,
  folder: string,
): ComposeResources {
  const { secretVariables, workloads, stopGraceSeconds } = plan;
  // Not by their own names, which could be those of variables that Compose itself obeys.
  const variables = new Map(secretVariables.map((name, at) => [name, `SERVE_BENTO_SECRET_${at}`]));
  const environment = Object.fromEntries(
    [...variables].map(([name, variable]) => [name, `\${${variable}}`]),
  );
  const labels = { ...ownerLabels(owner), [bentoLabel]: plan.name };
  const services = workloads.map(({ name, component }): [string, object] => [
    name,
    {
      labels: {
        ...labels,
        // A value with a dollar would be one of Compose's variables.
        [componentIdLabel]: component.replaceAll('$', '$$$$'),
        [graceLabel]: String(stopGraceSeconds),
      },
      ...(variables.size === 0 ? {} : { environment }),
    },
  ]);
  return {
    project: projectName(owner),
    labels: ownerLabels(owner),
    files: {
      'compose.yaml': composeFile(plan, folder),
      'owner.yaml': stringify({ services: Object.fromEntries(services) }, { lineWidth: 0 }),
      // The Compose file names it; the values come from variables.
      ...(variables.size === 0 ? {} : { [secretsFile(plan)]: '' }),
    },
    composeFiles: ['compose.yaml', 'owner.yaml'],
    secretVariables: Object.fromEntries(variables),
    components: Object.fromEntries(workloads.map(({ name, component }) => [name, component])),
    startSeconds: plan.startSeconds,
    stopGraceSeconds,
  };
}
