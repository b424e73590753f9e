import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ContainerPlan } from '../containers/container-plan';
import { readySeconds } from '../containers/debugged-containers';
import { bentoLabel, ownerLabel } from '../containers/labels';
import type { Owner } from '../containers/owner';
import { publishedAddress } from '../containers/published-address';
import { composeFile, composeFileName } from './compose-file';
import { secretsFile } from './compose-service';

/** The files of a Compose project, and the name and labels that identify it. */
export interface ComposeResources {
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** File contents by file name, for a folder of their own. */
  readonly files: Readonly<Record<string, string>>;
  /** The Compose variable that contains the value of each variable that is in no file. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** The component id of each service. */
  readonly components: Readonly<Record<string, string>>;
  readonly startSeconds: number;
  readonly stopGraceSeconds: number;
}

/** The file with our labels and with the variables that are in no file. */
export const ownerFileName = 'owner.yaml';
/** The files that Compose reads, in this order. */
export const composeFileNames: readonly string[] = [composeFileName, ownerFileName];

/** Where people reach the component, as a URL. */
export const addressLabel = 'serve-bento.dev/address';
/** The unchanged id of the component; `componentLabel` contains it as a DNS label. */
export const componentIdLabel = 'serve-bento.dev/component-id';
/** The stop grace period of a container, as a label so that every window knows it. */
export const graceLabel = 'serve-bento.dev/stop-grace-seconds';
/** The Python of a container whose worker is debugged, which relays connections to the debugger. */
export const pythonLabel = 'serve-bento.dev/debug-python';

/** Present if the source of the machine is mounted into the container. */
export const mountsSourceLabel = 'serve-bento.dev/mounts-source';

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
  const { secretVariables, fileVariables, workloads, stopGraceSeconds } = plan;
  const names = [...new Set([...secretVariables, ...fileVariables])];
  // With names of our own: Compose itself obeys variables such as DOCKER_HOST.
  const variables = new Map(names.map((name, at) => [name, `SERVE_BENTO_SECRET_${at}`]));
  const labels = { ...ownerLabels(owner), [bentoLabel]: plan.name };
  const services = workloads.map((workload): [string, object] => {
    const { name, component } = workload;
    // The variables of settings and of BentoML have priority over those of files, as on this machine.
    const environment = Object.fromEntries(
      [...variables]
        .filter(([variable]) => !(variable in plan.env) && !(variable in workload.env))
        .map(([variable, ours]) => [variable, `\${${ours}}`]),
    );
    const address = publishedAddress(workload);
    return [
      name,
      {
        labels: {
          ...labels,
          // Compose would read `$` as the beginning of a variable.
          [componentIdLabel]: component.replaceAll('$', '$$$$'),
          [graceLabel]: String(stopGraceSeconds),
          ...(plan.source.kind === 'development' ? { [mountsSourceLabel]: 'true' } : {}),
          ...(workload.debug === undefined ? {} : { [pythonLabel]: workload.command[0] ?? '' }),
          ...(address === undefined ? {} : { [addressLabel]: address }),
        },
        ...(Object.keys(environment).length === 0 ? {} : { environment }),
      },
    ];
  });
  return {
    project: projectName(owner),
    labels: ownerLabels(owner),
    files: {
      // Compose would read env files by rules of its own.
      [composeFileName]: composeFile({ ...plan, envFiles: [] }, folder),
      [ownerFileName]: stringify({ services: Object.fromEntries(services) }, { lineWidth: 0 }),
      // The Compose file refers to this file, but the values come from variables.
      ...(secretVariables.length === 0 ? {} : { [secretsFile(plan)]: '' }),
    },
    secretVariables: Object.fromEntries(variables),
    components: Object.fromEntries(workloads.map(({ name, component }) => [name, component])),
    startSeconds: readySeconds(plan),
    stopGraceSeconds,
  };
}
