import type { ContainerPlan } from '../containers/container-plan';
import { metadataOf, type Manifest } from './manifests';

const percent = 80;
const mostReplicas = 10;

/** Returns an autoscaler by CPU for each workload. */
export const autoscalers = (plan: ContainerPlan): readonly Manifest[] =>
  plan.workloads.map((workload) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(workload, plan),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
      minReplicas: 1,
      maxReplicas: mostReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
        },
      ],
    },
  }));
