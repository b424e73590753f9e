/** The settings in force for one bento: variables expanded, limits checked, folder defaults and the bento's entry merged. */
export interface ServeSettings {
  /** The interpreter, an absolute path or a command name; absent: found as described in `core/python`. */
  readonly pythonPath?: string;
  readonly http: HttpSettings;
  readonly grpc: GrpcSettings;
  readonly runners: Readonly<Record<string, RunnerSettings>>;
  /** How runners and dependency services are reached: `auto` is Unix sockets where the system has them. */
  readonly internalTransport: 'auto' | 'unix' | 'tcp';
  /** Added to the environment of every component; `null` removes a variable. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Absolute paths of dotenv files, later ones win; `env` wins over all of them. */
  readonly envFile: readonly string[];
  /** The folder of bentos and models, absolute: BENTOML_HOME. */
  readonly bentomlHome?: string;
  /** BentoML's configuration file, absolute: BENTOML_CONFIG. */
  readonly bentomlConfig?: string;
  /** Values of that configuration by their keys, such as `api_server.traffic.timeout`: BENTOML_CONFIG_OPTIONS. */
  readonly bentomlConfigOptions: Readonly<Record<string, string | number | boolean>>;
  /** What the code gets from `bentoml.use_arguments()`. */
  readonly args: Readonly<Record<string, string | number | boolean>>;
  readonly launcher: 'auto' | 'workers' | 'cli';
  /** Seconds until a component must be ready. */
  readonly startTimeout: number;
  readonly health: HealthSettings;
  /** Seconds between the polite and the forced end. */
  readonly stopGracePeriod: number;
  readonly resumeOnReload: boolean;
  /** Whether changed Python files are served at once. */
  readonly reload: boolean;
  /** When a process is started that has imported BentoML and forks workers; it waits for the next serve. */
  readonly warmUp: 'off' | 'onServe' | 'onView';
  /** Python modules that this process imports too. */
  readonly preload: readonly string[];
}

/** An absent value leaves the choice to BentoML. */
export interface HttpSettings {
  readonly enabled: boolean;
  /** An IP literal; BentoML 1.4 refuses names. Absent: what the service asks for, else loopback. */
  readonly host?: string;
  /** Absent: what the service asks for, else 3000 or the next free one, kept for this bento. */
  readonly port?: number;
  readonly apiWorkers?: number;
  /** Seconds a request may take. */
  readonly timeout?: number;
  readonly backlog?: number;
  /** Seconds that a connection without requests is kept. */
  readonly keepAliveTimeout?: number;
  /** Seconds that requests may take to finish after the server was asked to end. */
  readonly gracefulShutdownTimeout?: number;
  readonly tls?: HttpTlsSettings;
}

/** Paths are absolute. Without `certFile` there is no TLS. */
export interface TlsSettings {
  /** The server's certificate, and those between it and its authority. */
  readonly certFile?: string;
  /** Default: it is in `certFile` too. */
  readonly keyFile?: string;
  /** The authorities of clients' certificates, by which the server's own is verified as well. */
  readonly caFile?: string;
  /** The name that clients call it by, where that is not its host. */
  readonly serverName?: string;
  /** What the probes bring to a server that wants a certificate. Default: the server's own. */
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
}

export interface HttpTlsSettings extends TlsSettings {
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** `auto`: what BentoML decides. */
  readonly version: 'auto' | 'TLSv1.2' | 'TLSv1.1' | 'TLSv1';
  /** As OpenSSL takes them. */
  readonly ciphers?: string;
}

export interface GrpcSettings {
  readonly enabled: boolean;
  /** Absent: as for HTTP. */
  readonly host?: string;
  readonly port?: number;
  readonly metricsPort?: number;
  readonly reflection: boolean;
  readonly channelz: boolean;
  readonly apiWorkers?: number;
  /** Of one connection. */
  readonly maxConcurrentStreams?: number;
  readonly protocolVersion: 'v1' | 'v1alpha1';
  /** Of the metrics server: the calls' port is BentoML's own to bind. */
  readonly backlog?: number;
  /** With `caFile`, every client has to bring a certificate. */
  readonly tls?: TlsSettings;
}

/** Also for the dependency services of a class service, by their names. */
export interface RunnerSettings {
  /** Where it runs already, `tcp://HOST:PORT`, or a URL of a class service: it is watched, not started. */
  readonly remote?: string;
  /** Absent: a Unix socket, or loopback where a port is wanted. */
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number;
  /** Seconds a request may take. */
  readonly timeout?: number;
  readonly backlog?: number;
}

export interface HealthSettings {
  /** Seconds between two probes of a ready component. */
  readonly interval: number;
  /** Seconds a probe may take. */
  readonly timeout: number;
  /** Misses in a row until a component is unhealthy. */
  readonly failureThreshold: number;
  /** What is done about a component that was ready and does not respond any more. */
  readonly onHang: 'notify' | 'restart';
}

/** One entry of `serveBento.bentos`: overrides the folder's settings for the bento it names. */
export interface BentoEntry {
  readonly name?: string;
  /** A reference as BentoML takes it (`service:svc`, `.`, `iris:latest`) or a bento's id. */
  readonly bento: string;
  /** Absolute. Default: the workspace folder. */
  readonly workingDir: string;
  readonly settings: ServeSettings;
  /** The same with each profile. */
  readonly profiles: Profiles;
}

/** Settings by the names of the profiles that they are with. */
export type Profiles = Readonly<Record<string, ServeSettings>>;

/** A bento that runs elsewhere and is only watched. */
export interface WatchedEntry {
  readonly name: string;
  /** `http:`, `https:`, `tcp:` (which speaks HTTP), `grpc:` or `grpcs:`; each once. */
  readonly addresses: readonly string[];
}

/** What is wrong with one setting, in one sentence that names it, its value and what is allowed. */
export interface SettingProblem {
  /** The full name, such as `serveBento.http.port` or `serveBento.bentos[1].grpc.port`. */
  readonly setting: string;
  readonly message: string;
  /** Index into `bentos` when it belongs to one entry. */
  readonly entry?: number;
  /** The item of a list or map that it is in; nothing for what holds for every bento. */
  readonly within?: SettingItem;
  /** Nothing is served that it concerns: without what is ignored, another thing would be. */
  readonly blocks?: true;
}

/** `name`: the key of the item; nothing when the whole list or map is unusable. */
export interface SettingItem {
  readonly setting: 'bentos' | 'watch' | 'profiles' | 'runners';
  readonly name?: string;
}

/** All of one workspace folder's settings. What is invalid is left at its default and listed in `problems`. */
export interface FolderSettings {
  readonly defaults: ServeSettings;
  /** `defaults` with each profile. */
  readonly profiles: Profiles;
  readonly bentos: readonly BentoEntry[];
  readonly watched: readonly WatchedEntry[];
  readonly problems: readonly SettingProblem[];
}
