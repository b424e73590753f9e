import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ContainerPlan } from '../containers/container-plan';
import { bentoLabel, ownerLabel } from '../containers/labels';
import type { Owner } from '../containers/owner';
import { publishedAddress } from '../containers/published-address';
import { composeFile } from './compose-file';
import { secretsFile } from './compose-service';

/** The files of a Compose project, and the name and labels that identify it. */
export interface ComposeResources {
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** File contents by file name, for a folder of their own. */
  readonly files: Readonly<Record<string, string>>;
  /** The files that Compose reads, in this order. */
  readonly composeFiles: readonly string[];
  /** The Compose variable that contains the value of each secret variable. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** The component id of each service. */
  readonly components: Readonly<Record<string, string>>;
  readonly startSeconds: number;
  readonly stopGraceSeconds: number;
}

/** Where people reach the component, as a URL. */
export const addressLabel = 'serve-bento.dev/address';
/** The unchanged id of the component; `componentLabel` contains it as a DNS label. */
export const componentIdLabel = 'serve-bento.dev/component-id';
/** The stop grace period of a container, as a label so that every window knows it. */
export const graceLabel = 'serve-bento.dev/stop-grace-seconds';

/** Returns the labels of the bento's containers, which do not depend on its plan. */
export const ownerLabels = ({ bento, folder }: Owner): Readonly<Record<string, string>> => ({
  [ownerLabel]: createHash('sha256').update(`${folder}\0${bento}`).digest('hex').slice(0, 16),
});

/** Returns the name of the project, which is the same in every window. */
export const projectName = (owner: Owner): string =>
  `serve-bento-${ownerLabels(owner)[ownerLabel] ?? ''}`;

/** Returns the Compose file of the plan, and a file with our labels that Compose merges over it. */
export function composeResources(
  plan: ContainerPlan,
  owner: Owner,
  folder: string,
): ComposeResources {
  const { secretVariables, workloads, stopGraceSeconds } = plan;
  // With names of our own: Compose itself obeys variables such as DOCKER_HOST.
  const variables = new Map(secretVariables.map((name, at) => [name, `SERVE_BENTO_SECRET_${at}`]));
  const environment = Object.fromEntries(
    [...variables].map(([name, variable]) => [name, `\${${variable}}`]),
  );
  const labels = { ...ownerLabels(owner), [bentoLabel]: plan.name };
  const services = workloads.map((workload): [string, object] => {
    const { name, component } = workload;
    const address = publishedAddress(workload);
    return [
      name,
      {
        labels: {
          ...labels,
          // Compose would read `$` as the beginning of a variable.
          [componentIdLabel]: component.replaceAll('$', '$$$$'),
          [graceLabel]: String(stopGraceSeconds),
          ...(address === undefined ? {} : { [addressLabel]: address }),
        },
        ...(variables.size === 0 ? {} : { environment }),
      },
    ];
  });
  return {
    project: projectName(owner),
    labels: ownerLabels(owner),
    files: {
      'compose.yaml': composeFile(plan, folder),
      'owner.yaml': stringify({ services: Object.fromEntries(services) }, { lineWidth: 0 }),
      // The Compose file refers to this file, but the values come from variables.
      ...(variables.size === 0 ? {} : { [secretsFile(plan)]: '' }),
    },
    composeFiles: ['compose.yaml', 'owner.yaml'],
    secretVariables: Object.fromEntries(variables),
    components: Object.fromEntries(workloads.map(({ name, component }) => [name, component])),
    startSeconds: plan.startSeconds,
    stopGraceSeconds,
  };
}
