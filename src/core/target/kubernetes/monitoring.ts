import type { ContainerPlan, Workload } from '../containers/container-plan';
import { bentoLabel, labelsOf } from '../containers/labels';
import { metadataOf, portName, type Manifest } from './manifests';

/** The usual namespace and label of Prometheus, as in the manifests of the Prometheus Operator. */
const prometheusNamespace = { 'kubernetes.io/metadata.name': 'monitoring' };
const prometheusPods = { 'app.kubernetes.io/name': 'prometheus' };

/** Returns what Prometheus needs: a PodMonitor for each workload with metrics, and a NetworkPolicy that admits it. */
export function monitoring(plan: ContainerPlan): readonly Manifest[] {
  const measured = plan.workloads.filter(({ metrics }) => metrics !== undefined);
  return measured.length === 0
    ? []
    : [...measured.map((workload) => podMonitor(workload, plan)), admission(measured, plan)];
}

function podMonitor(workload: Workload, plan: ContainerPlan): Manifest {
  const { path, port, scheme } = workload.metrics ?? { path: '', port: 0, scheme: 'http' };
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: metadataOf(workload, plan),
    spec: {
      selector: { matchLabels: labelsOf(plan, workload) },
      podMetricsEndpoints: [
        {
          ...{ port: portName(workload, port), path, scheme },
          // No certificate is valid for the IP address of a pod.
          ...(scheme === 'https' ? { tlsConfig: { insecureSkipVerify: true } } : {}),
        },
      ],
    },
  };
}

/** The other policies let only the bento's own pods reach runners and dependency services. */
function admission(workloads: readonly Workload[], plan: ContainerPlan): Manifest {
  const ports = new Set(workloads.flatMap(({ metrics }) => metrics?.port ?? []));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: `${plan.name}-monitoring`,
      labels: { 'app.kubernetes.io/managed-by': 'serve-bento', [bentoLabel]: plan.name },
    },
    spec: {
      podSelector: { matchLabels: { [bentoLabel]: plan.name } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: prometheusNamespace },
              podSelector: { matchLabels: prometheusPods },
            },
          ],
          ports: [...ports].map((port) => ({ protocol: 'TCP', port })),
        },
      ],
    },
  };
}
