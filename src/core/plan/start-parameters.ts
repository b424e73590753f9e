/** One parameter of BentoML's start functions, and how it is set here. */
export interface StartParameter {
  /** The setting without `serveBento.`; `NAME` is a runner's or a dependency service's. */
  readonly setting?: string;
  /** The first BentoML that has it; without it every supported one does. */
  readonly since?: string;
  /** What a reader of the table has to know. */
  readonly note?: string;
}

/** `bentoml.start`'s functions, and `serve_http` of `_bentoml_impl.server.serving` (1.2 and later). */
export type StartFunction =
  'start_runner_server' | 'start_http_server' | 'start_grpc_server' | 'serve_http';

type Parameters = Readonly<Record<string, StartParameter>>;

const bento: Parameters = {
  bento_identifier: {
    setting: 'bentos[].bento',
    note: 'Not needed for bentos that discovery finds.',
  },
  working_dir: { setting: 'bentos[].workingDir' },
};

const runnerMap: StartParameter = {
  note: 'Filled with the addresses of the components.',
};

const httpTls: Parameters = {
  ssl_certfile: { setting: 'http.tls.certFile' },
  ssl_keyfile: { setting: 'http.tls.keyFile' },
  ssl_keyfile_password: {
    note: 'The extension asks for it and decrypts the key. It is never passed: every user of the machine can read arguments.',
  },
  ssl_version: { setting: 'http.tls.version' },
  ssl_cert_reqs: { setting: 'http.tls.clientCertificates' },
  ssl_ca_certs: { setting: 'http.tls.caFile' },
  ssl_ciphers: { setting: 'http.tls.ciphers' },
};

const timeouts: Parameters = {
  timeout_keep_alive: { setting: 'http.keepAliveTimeout', since: '1.2' },
  timeout_graceful_shutdown: { setting: 'http.gracefulShutdownTimeout', since: '1.2' },
};

/** Every parameter of every supported BentoML, which a test asks those that are installed for. */
export const startParameters: Readonly<Record<StartFunction, Parameters>> = {
  start_runner_server: {
    ...bento,
    runner_name: { note: 'Each runner is a component.' },
    host: { setting: 'runners.NAME.host' },
    port: { setting: 'runners.NAME.port' },
    timeout: { setting: 'runners.NAME.timeout' },
    backlog: {
      setting: 'runners.NAME.backlog',
      note: "BentoML's runner workers listen again, with a backlog of 2048.",
    },
  },
  start_http_server: {
    ...bento,
    runner_map: runnerMap,
    host: { setting: 'http.host' },
    port: { setting: 'http.port' },
    backlog: { setting: 'http.backlog' },
    api_workers: { setting: 'http.apiWorkers' },
    timeout: { setting: 'http.timeout' },
    ...httpTls,
    ...timeouts,
  },
  start_grpc_server: {
    ...bento,
    runner_map: runnerMap,
    host: { setting: 'grpc.host' },
    port: { setting: 'grpc.port' },
    backlog: {
      setting: 'grpc.backlog',
      note: 'For the metrics server. gRPC has its own limit for calls.',
    },
    api_workers: { setting: 'grpc.apiWorkers' },
    reflection: { setting: 'grpc.reflection' },
    channelz: { setting: 'grpc.channelz' },
    max_concurrent_streams: { setting: 'grpc.maxConcurrentStreams' },
    ssl_certfile: { setting: 'grpc.tls.certFile' },
    ssl_keyfile: { setting: 'grpc.tls.keyFile' },
    ssl_ca_certs: {
      setting: 'grpc.tls.caFile',
      note: 'If it is set, every client must present a certificate.',
    },
    protocol_version: { setting: 'grpc.protocolVersion' },
  },
  serve_http: {
    ...bento,
    service_name: { note: 'Each service is a component.' },
    dependency_map: runnerMap,
    host: { setting: 'http.host', note: 'For a dependency: `serveBento.runners.NAME.host`.' },
    port: { setting: 'http.port', note: 'For a dependency: `serveBento.runners.NAME.port`.' },
    backlog: {
      setting: 'http.backlog',
      note: 'For a dependency: `serveBento.runners.NAME.backlog`.',
    },
    timeout: {
      setting: 'http.timeout',
      note: 'For a dependency: `serveBento.runners.NAME.timeout`.',
    },
    ...httpTls,
    ...timeouts,
    reload: {
      setting: 'reload',
      note: 'The extension has its own reload, which restarts only what uses the changed file.',
    },
    bentoml_home: { setting: 'bentomlHome' },
    development_mode: {
      note: 'Not used: it runs all services in one process, so there are no components to supervise.',
    },
    threaded: { note: 'Not used: it is for servers inside a Python program.' },
  },
};
