import type { Plan } from './plan';
import { ServeError } from '../problem';
import type { ServeSettings } from '../settings/serve-settings';
import { shownText } from '../settings/shown-value';
import { problemTexts, say } from '../messages/message';

/** Where a server is to listen, and who says so. */
export interface ListenAddress {
  readonly host: string;
  /** Absent: any. */
  readonly port?: number;
  /** What asks for the port, where that is not the setting. */
  readonly portSource?: string;
  readonly metricsPort?: number;
}

const loopback = '127.0.0.1';

/**
 * The settings come first, then what the service asks for, as with options of `bentoml serve`.
 * @throws ServeError `settings` when that is no port.
 */
export function listenAddress(
  server: 'http' | 'grpc',
  settings: Pick<ServeSettings, 'http' | 'grpc'>,
  plan: Pick<Plan, 'requested'>,
): ListenAddress {
  const requested = plan.requested[server];
  const { host, port } = settings[server];
  const metricsPort = settings.grpc.metricsPort ?? requested?.metricsPort;
  if (port === undefined && requested?.invalidPort !== undefined) {
    const { invalidPort, portSource } = requested;
    throw noPort('notAPort', invalidPort, portSource, `serveBento.${server}.port`);
  }
  if (metricsPort === undefined && requested?.invalidMetricsPort !== undefined) {
    const { invalidMetricsPort, metricsPortSource } = requested;
    throw noPort(
      'notAMetricsPort',
      invalidMetricsPort,
      metricsPortSource,
      'serveBento.grpc.metricsPort',
    );
  }
  const fromService = port === undefined && requested?.port !== undefined;
  return {
    host: host ?? requested?.host ?? loopback,
    ...(port === undefined ? {} : { port }),
    ...(fromService ? { port: requested.port } : {}),
    ...(fromService && requested.portSource !== undefined
      ? { portSource: requested.portSource }
      : {}),
    ...(metricsPort === undefined ? {} : { metricsPort }),
  };
}

const noPort = (
  key: 'notAPort' | 'notAMetricsPort',
  given: string,
  source: string | undefined,
  setting: string,
): ServeError =>
  new ServeError({
    code: 'settings',
    setting,
    ...problemTexts(
      say(key, { source: source ?? say('theService'), value: shownText(given), setting }),
    ),
  });
