import type { ServeSettings } from './serve-settings';

/** What is in force where nothing is set. The manifest says the same, which a test checks. */
export const defaultSettings: ServeSettings = {
  http: {
    enabled: true,
    tls: { clientCertificates: 'none', version: 'auto' },
  },
  grpc: {
    enabled: false,
    reflection: false,
    channelz: false,
    protocolVersion: 'v1',
    tls: {},
  },
  runners: {},
  internalTransport: 'auto',
  env: {},
  envFile: [],
  bentomlConfigOptions: {},
  args: {},
  launcher: 'auto',
  startTimeout: 300,
  health: { interval: 5, timeout: 2, failureThreshold: 3, onHang: 'notify' },
  stopGracePeriod: 10,
  resumeOnReload: true,
  reload: true,
  warmUp: 'onServe',
  preload: [],
};
