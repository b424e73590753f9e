import { stringify } from 'yaml';

/** What becomes of a container when its pod has been scheduled. */
interface Fate {
  readonly state: string;
  readonly lastState?: string;
  readonly restarts?: number;
  readonly isReady?: boolean;
  readonly delayMs?: number;
}

const running = '{ running: { startedAt: {{ $now | Quote }} } }';
const waiting = (reason: string, message: string): string =>
  `{ waiting: { reason: ${reason}, message: "${message}" } }`;
const terminated = (reason: string, exitCode: number): string =>
  `{ terminated: { reason: ${reason}, exitCode: ${String(exitCode)}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }`;
const backOff = waiting('CrashLoopBackOff', 'back-off 40s restarting failed container');

/**
 * Says what becomes of the containers of an image, by the last part of its name: `registry.example.com/crashes@sha256:…`.
 * The pods of all other images become ready.
 */
const fates: Readonly<Record<string, Fate>> = {
  missing: { state: waiting('ImagePullBackOff', 'Back-off pulling image: not found') },
  crashes: { state: backOff, lastState: terminated('Error', 1), restarts: 3 },
  memory: { state: backOff, lastState: terminated('OOMKilled', 137), restarts: 2 },
  unready: { state: running },
  slow: { state: running, isReady: true, delayMs: 3_000 },
};

const matches = (key: string, operator: string, ...values: readonly string[]): object => ({
  ...{ key, operator },
  ...(values.length === 0 ? {} : { values }),
});
const isDeleted = '.metadata.deletionTimestamp';
const fateOf = `.spec.containers[0].image | capture("/(?<name>${Object.keys(fates).join('|')})@") | .name`;

const stage = (name: string, kind: string, spec: object): object => ({
  ...{ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name } },
  spec: { resourceRef: { apiGroup: 'v1', kind }, ...spec },
});

const podStage = (name: string, fate: Fate, match: object): object =>
  stage(name, 'Pod', {
    selector: {
      matchExpressions: [
        matches(isDeleted, 'DoesNotExist'),
        matches('.status.phase', 'In', 'Pending'),
        matches('.status.containerStatuses', 'DoesNotExist'),
        match,
      ],
    },
    ...(fate.delayMs === undefined ? {} : { delay: { durationMilliseconds: fate.delayMs } }),
    next: { statusTemplate: podStatus(fate) },
  });

const podStatus = ({ state, lastState = '{}', restarts = 0, isReady = false }: Fate): string => `
{{ $now := Now }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
${['Ready', 'ContainersReady']
  .map(
    (type) =>
      `- { type: ${type}, status: "${isReady ? 'True' : 'False'}", lastTransitionTime: {{ $now | Quote }}${isReady ? '' : ', reason: ContainersNotReady'} }`,
  )
  .join('\n')}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${String(isReady)}
  started: ${String(state === running)}
  restartCount: ${String(restarts)}
  state: ${state}
  lastState: ${lastState}
{{ end }}
{{ range NodeIPsWith .spec.nodeName }}
hostIP: {{ . | Quote }}
{{ end }}
{{ range PodIPsWith .spec.nodeName false ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ . | Quote }}
podIPs: [{ ip: {{ . | Quote }} }]
{{ end }}
phase: ${state === running || lastState !== '{}' ? 'Running' : 'Pending'}
startTime: {{ $now | Quote }}
`;

const nodeReady = `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
addresses: [{ type: InternalIP, address: {{ NodeIP | Quote }} }]
daemonEndpoints: { kubeletEndpoint: { Port: {{ NodePort }} } }
`;

/** Returns the configuration of kwok: what it makes of nodes and pods. */
export const stages = (): string =>
  [
    stage('node-ready', 'Node', {
      selector: {
        matchExpressions: [
          matches(
            '.status.conditions.[] | select(.type == "Ready") | .status',
            ...['NotIn', 'True'],
          ),
        ],
      },
      next: { statusTemplate: nodeReady },
    }),
    podStage('pod-ready', { state: running, isReady: true }, matches(fateOf, 'DoesNotExist')),
    ...Object.entries(fates).map(([name, fate]) =>
      podStage(`pod-${name}`, fate, matches(fateOf, 'In', name)),
    ),
    stage('pod-deleted', 'Pod', {
      selector: { matchExpressions: [matches(isDeleted, 'Exists')] },
      next: { delete: true },
    }),
  ]
    .map((one) => stringify(one, { lineWidth: 0 }))
    .join('---\n');
