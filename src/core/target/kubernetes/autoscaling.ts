import type { ContainerPlan, Workload } from '../containers/container-plan';
import { metadataOf, type Manifest } from './manifests';

const percent = 80;
/** The number of requests in progress for each pod that the autoscaler aims at. */
const requests = 10;
const mostReplicas = 10;

/** Returns an autoscaler by CPU for each workload. Each has a CPU request, with which the load is compared. */
export const cpuAutoscalers = (plan: ContainerPlan): readonly Manifest[] =>
  plan.workloads.map((workload) =>
    autoscaler(workload, plan, {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
    }),
  );

/** Returns an autoscaler by BentoML's number of requests in progress for each workload that has metrics. */
export const requestAutoscalers = (plan: ContainerPlan): readonly Manifest[] =>
  plan.workloads.flatMap((workload) => {
    const { metrics } = workload;
    if (metrics === undefined) return [];
    return autoscaler(workload, plan, {
      type: 'Pods',
      pods: {
        metric: { name: `${metrics.namespace}_request_in_progress` },
        target: { type: 'AverageValue', averageValue: String(requests) },
      },
    });
  });

/** Returns patches that leave the number of pods to an autoscaler where the settings have one. */
export const withoutReplicas = ({ workloads }: ContainerPlan): readonly object[] =>
  workloads
    .filter(({ replicas }) => replicas !== undefined)
    .map(({ name }) => ({
      target: { kind: 'Deployment', name },
      patch: '[{ "op": "remove", "path": "/spec/replicas" }]',
    }));

const autoscaler = (workload: Workload, plan: ContainerPlan, metric: object): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: metadataOf(workload, plan),
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
    minReplicas: workload.replicas ?? 1,
    maxReplicas: Math.max(mostReplicas, workload.replicas ?? 1),
    metrics: [metric],
  },
});
