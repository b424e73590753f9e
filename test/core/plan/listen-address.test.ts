import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/core/plan/plan';
import { requestedExposures } from '../../../src/core/exposure/exposure';
import { listenAddress } from '../../../src/core/plan/listen-address';
import { defaultSettings } from '../../../src/core/settings/default-settings';

const settings = (own: { host?: string; port?: number } = {}): typeof defaultSettings => ({
  ...defaultSettings,
  http: { ...defaultSettings.http, ...own },
});
const plan = (http: NonNullable<Plan['requested']['http']>): Pick<Plan, 'requested'> => ({
  requested: { http },
});
const asked = { host: '0.0.0.0', port: 38877, portSource: 'BENTOML_PORT' };

describe('where a server listens', () => {
  it('is loopback and any port when nobody asks for another place', () => {
    expect(listenAddress('http', settings(), plan({}))).toEqual({ host: '127.0.0.1' });
    expect(listenAddress('grpc', settings(), plan(asked))).toEqual({ host: '127.0.0.1' });
  });

  it('is what the service asks for, and says who asked', () => {
    expect(listenAddress('http', settings(), plan(asked))).toEqual(asked);
    expect(requestedExposures(settings(), plan(asked))).toMatchObject([
      { kind: 'service', component: 'http', host: '0.0.0.0' },
    ]);
  });

  it('is what the settings say before that', () => {
    const own = { host: '127.0.0.1', port: 8080 };
    expect(listenAddress('http', settings(own), plan(asked))).toEqual(own);
    expect(requestedExposures(settings(own), plan(asked))).toEqual([]);
  });

  it('is refused when what is asked for is no port, unless a setting says another', () => {
    const none = plan({ portSource: 'BENTOML_PORT', invalidPort: 'http' });
    expect(() => listenAddress('http', settings(), none)).toThrow(
      'BENTOML_PORT asks for the port "http", which is not a port: set a whole number from 1 to 65535, or set serveBento.http.port.',
    );
    expect(listenAddress('http', settings({ port: 1234 }), none).port).toBe(1234);
  });

  it('is refused when the metrics port that is asked for is none, unless a setting says another', () => {
    const none = {
      requested: { grpc: { metricsPortSource: 'The code', invalidMetricsPort: '70000' } },
    };
    expect(() => listenAddress('grpc', settings(), none)).toThrow(
      'The code asks for the metrics port "70000", which is not a port: set a whole number from 1 to 65535, or set serveBento.grpc.metricsPort.',
    );
    const own = { ...settings(), grpc: { ...defaultSettings.grpc, metricsPort: 1234 } };
    expect(listenAddress('grpc', own, none).metricsPort).toBe(1234);
  });
});
