import type { Workload } from '../containers/container-plan';

/** The readiness check of the entry service waits up to 5 seconds for each dependency. Its liveness check asks none. */
const readySeconds = 6;
const startPeriod = 2;

/** Returns the three probes of a container. */
export function probesOf({ probe, port }: Workload, startSeconds: number): object {
  const ask = (path: 'live' | 'ready'): object => {
    switch (probe.kind) {
      case 'http':
        return { httpGet: { path: probe[path], port, scheme: probe.scheme.toUpperCase() } };
      case 'grpc':
        return { grpc: { port } };
      case 'tcp':
        return { tcpSocket: { port } };
    }
  };
  return {
    startupProbe: {
      ...ask('live'),
      periodSeconds: startPeriod,
      failureThreshold: Math.ceil(startSeconds / startPeriod),
      timeoutSeconds: readySeconds,
    },
    readinessProbe: { ...ask('ready'), periodSeconds: 5, timeoutSeconds: readySeconds },
    livenessProbe: {
      ...ask('live'),
      periodSeconds: 10,
      timeoutSeconds: readySeconds,
      failureThreshold: 6,
    },
  };
}
