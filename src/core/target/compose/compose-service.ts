import path from 'node:path';
import { bracketed } from '../../address';
import {
  bentomlHome,
  debugArchive,
  tlsFolder,
  type ContainerPlan,
  type ContainerSource,
  type Workload,
} from '../containers/container-plan';
import { labelsOf } from '../containers/labels';
import { deployResources } from './deploy-resources';
import { healthCheck } from './health-check';
import { replicasOf } from './replicas';

export const network = 'bento';

/** Returns the name of the file in which the user sets secret variables. */
export const secretsFile = ({ name }: ContainerPlan): string => `${name}.secrets.env`;

/** Returns a service of a Compose file. @param place converts a path to the one in the Compose file */
export function composeService(
  workload: Workload,
  plan: ContainerPlan,
  place: (file: string) => string,
): Readonly<Record<string, unknown>> {
  const { source } = plan;
  const envFiles = [
    ...plan.envFiles.map(place),
    ...(plan.secretVariables.length === 0 ? [] : [`./${secretsFile(plan)}`]),
  ];
  const { published, tlsFiles, dependsOn, resources } = workload;
  const deploy = { ...replicasOf(workload), ...deployResources(resources) };
  const user = source.kind === 'development' ? source.user : undefined;
  const volumes = [...volumesOf(source), ...debugVolume(workload)];
  return {
    image: source.image,
    command: workload.command,
    ...(user !== undefined && { user }),
    labels: labelsOf(plan, workload),
    environment: { ...plan.env, ...workload.env },
    ...(envFiles.length > 0 && { env_file: envFiles }),
    ...(volumes.length > 0 && { volumes }),
    ...(tlsFiles.length > 0 && {
      secrets: tlsFiles.map((name) => ({ source: name, target: `${tlsFolder}/${name}` })),
    }),
    // BentoML empties its metrics folder when it starts, so each container needs its own.
    tmpfs: [`${bentomlHome}:mode=1777`, '/tmp:mode=1777,exec'],
    networks: [network],
    ...(published !== undefined && {
      ports: [`${bracketed(published.host)}:${published.port}:${workload.port}`],
    }),
    ...(dependsOn.length > 0 && {
      depends_on: Object.fromEntries(
        dependsOn.map((name) => [name, { condition: 'service_healthy' }]),
      ),
    }),
    healthcheck: healthCheck(workload, source, plan.startSeconds),
    ...(Object.keys(deploy).length > 0 && { deploy }),
    restart: 'unless-stopped',
    stop_grace_period: `${plan.stopGraceSeconds}s`,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  };
}

const mount = (from: string, target = from): object => ({
  type: 'bind',
  source: from,
  target,
  read_only: true,
});

const debugVolume = ({ debug }: Workload): readonly object[] =>
  debug === undefined ? [] : [mount(debug.archive, debugArchive)];

function volumesOf(source: ContainerSource): readonly object[] {
  if (source.kind === 'image') return [];
  return [
    ...source.mounts.map((folder) => mount(folder)),
    ...source.store.map((folder) => mount(folder, `${bentomlHome}/${path.basename(folder)}`)),
  ];
}
