import type { Workload } from '../containers/container-plan';

/** The readiness check of the entry service waits up to 5 seconds for each dependency. Its liveness check asks none. */
const readySeconds = 6;
const startPeriod = 2;
const readyPeriod = 5;

/** Returns the three probes of a container. */
export function probesOf({ probe, port, debug }: Workload, startSeconds: number): object {
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
      failureThreshold: Math.ceil((debug?.pauseSeconds ?? startSeconds) / startPeriod),
      timeoutSeconds: readySeconds,
    },
    readinessProbe: {
      ...ask('ready'),
      periodSeconds: readyPeriod,
      timeoutSeconds: readySeconds,
      // Requests still have to reach a worker that is paused in the debugger.
      ...(debug && { failureThreshold: Math.ceil(debug.pauseSeconds / readyPeriod) }),
    },
    // It would end a worker that is paused.
    ...(debug === undefined && {
      livenessProbe: {
        ...ask('live'),
        periodSeconds: 10,
        timeoutSeconds: readySeconds,
        failureThreshold: 6,
      },
    }),
  };
}
