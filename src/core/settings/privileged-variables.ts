import { environmentName } from './environment-value';

/** A variable that a workspace sets or removes, with effects beyond the workspace's own code. */
export interface PrivilegedVariable {
  readonly name: string;
  /** `null`: it is removed. */
  readonly value: string | null;
}

/** What a variable controls. */
export type VariableFamily =
  | 'loader'
  | 'interpreter'
  | 'programs'
  | 'home'
  | 'bentoml'
  | 'proxies'
  | 'tls'
  | 'sources'
  | 'tools';

/** Patterns for names in capitals. Variables that only change how a service behaves are in no family. */
const families: Readonly<Record<VariableFamily, string>> = {
  // Libraries that the system's loader or a library loads into every process.
  loader: `
    LD_.+ DYLD_.+ LIBPATH SHLIB_PATH GLIBC_TUNABLES GCONV_PATH LOCPATH HOSTALIASES RES_OPTIONS
    RESOLV_HOST_CONF
    LOCALDOMAIN KRB5_CONFIG SASL_PATH ODBCINI ODBCSYSINI OMP_TOOL_LIBRARIES
    (?:CUDA|NVTX)_INJECTION(?:32|64)_PATH NCCL_(?:NET|TUNER|PROFILER)_PLUGIN
    NUMBA(?:PRO)?_CUDA_DRIVER INTEL_LIBITTNOTIFY(?:32|64) PJRT_NAMES_AND_LIBRARY_PATHS
    TPU_LIBRARY_PATH OPENCL_LAYERS
    OCL_ICD_(?:VENDORS|FILENAMES) OPENCL_VENDOR_PATH VK_.*(?:LAYER|ICD|DRIVER).*
    LIBGL_DRIVERS_PATH G(?:IO|TK|DK)_.*(?:MODULE|PATH).* GST_PLUGIN_.+ QT_PLUGIN_PATH
    QT_QPA_PLATFORM_PLUGIN_PATH TORCH_EXTENSIONS_DIR TORCHINDUCTOR_CACHE_DIR TRITON_CACHE_DIR
    TF_PLUGGABLE_DEVICE_LIBRARY_PATH HSA_TOOLS_LIB ROCP_TOOL_LIB UCX_MODULE_DIR OMPI_MCA_.+
    LIBVA_DRIVERS_PATH GBM_BACKENDS_PATH __EGL_VENDOR_LIBRARY_(?:DIRS|FILENAMES) GDAL_DRIVER_PATH
    MAGICK_CODER_MODULE_PATH
  `,
  // What interpreters run or import before, or beside, the service.
  interpreter: `
    PYTHON(?:PATH|STARTUP|HOME|INSPECT|EXECUTABLE|USERBASE|PLATLIBDIR|BREAKPOINT|WARNINGS|PYCACHEPREFIX|CASEOK|_PRESITE)
    PYTHON_KEYRING_BACKEND PYTHON_EGG_CACHE COVERAGE_PROCESS_(?:START|CONFIG) MPLBACKEND MPLCONFIGDIR
    OTEL_PYTHON_(?:DISTRO|CONFIGURATOR) NUMBA_CACHE_DIR HF_MODULES_CACHE __PYVENV_LAUNCHER__ NODE_OPTIONS NODE_PATH
    PERL5(?:LIB|OPT|DB) PERLLIB RUBY(?:OPT|LIB) GEM_(?:HOME|PATH)
    LUA_(?:PATH|CPATH|INIT)(?:_.+)? JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH
    JAVA_HOME JULIA_(?:LOAD|DEPOT)_PATH R_(?:HOME|LIBS.*|PROFILE.*|ENVIRON.*)
    PYSPARK_(?:DRIVER_)?PYTHON (?:CORECLR|COR)_(?:ENABLE_PROFILING|PROFILER.*)
    DOTNET_(?:STARTUP_HOOKS|ADDITIONAL_DEPS|ROOT) PYTEST_(?:PLUGINS|ADDOPTS)
    _PYTHON_SYSCONFIGDATA_NAME TRITON_CACHE_MANAGER TRITON_LIBCUDA_PATH VLLM_PLUGINS
  `,
  // Where programs are found, and what shells run first.
  programs: `
    PATH PATHEXT COMSPEC SYSTEMROOT WINDIR PSMODULEPATH SHELL SHELLOPTS BASHOPTS BASH_ENV
    BASH_FUNC_.+ ZDOTDIR FPATH IFS PS4 PROMPT_COMMAND EDITOR VISUAL PAGER BROWSER LESSOPEN
    LESSCLOSE SUDO_ASKPASS
  `,
  // Whose configuration and credentials programs read.
  home: `
    HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA ALLUSERSPROFILE
    XDG_(?:CONFIG|DATA|CACHE|STATE)_HOME XDG_(?:CONFIG|DATA)_DIRS XDG_RUNTIME_DIR NETRC
  `,
  // What BentoML loads, and where it and its cloud send what they send.
  bentoml: `
    BENTOML_CONFIG(?:_OPTIONS)? BENTOML_(?:RUNNER|SERVICE)_MAP BENTO_CLOUD_API_ENDPOINT
  `,
  proxies: `
    (?:HTTPS?|ALL|FTPS?|NO|GRPC|NO_GRPC|SOCKS[45]?|WSS?|RSYNC|GLOBAL_AGENT_HTTPS?)_PROXY
    PROXYCHAINS_.+ AUTO_PROXY
  `,
  // Whom connections trust, and who can read them.
  tls: `
    SSL_CERT_(?:FILE|DIR) NIX_SSL_CERT_FILE SSLKEYLOGFILE
    OPENSSL_(?:CONF|CONF_INCLUDE|MODULES|ENGINES) REQUESTS_CA_BUNDLE
    CURL_(?:CA_BUNDLE|HOME|SSL_BACKEND) AWS_CA_BUNDLE HTTPLIB2_CA_CERTS NODE_EXTRA_CA_CERTS
    NODE_TLS_REJECT_UNAUTHORIZED PYTHONHTTPSVERIFY WEBSOCKET_CLIENT_CA_BUNDLE
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE
  `,
  // Where packages, models (both run code) and credentials come from, and where requests and traces go.
  sources: `
    PIP_.+ UV_.+ PIPENV_.+ PIPX_.+ POETRY_.+ PDM_.+ HATCH_.+ CONDA_.+ CONDARC MAMBA.*
    NPM_CONFIG_.+ YARN_.+ CARGO_.+ RUSTUP_.+
    GO(?:PROXY|SUMDB|PRIVATE|NOSUMDB|NOPROXY|INSECURE|FLAGS) HF_(?:INFERENCE_)?ENDPOINT
    HUGGINGFACE_CO_.+ MODELSCOPE_(?:DOMAIN|ENDPOINT) KAGGLE_API_ENDPOINT
    MLFLOW_(?:TRACKING|REGISTRY)_(?:URI|INSECURE_TLS|SERVER_CERT_PATH) MLFLOW_S3_.+
    WANDB_BASE_URL AWS_ENDPOINT_URL(?:_.+)? AWS_(?:CONFIG|SHARED_CREDENTIALS)_FILE
    CLOUDSDK_CONFIG AZURE_CONFIG_DIR OTEL_EXPORTER_(?:OTLP|ZIPKIN|JAEGER)_.+
    OPENAI_(?:BASE_URL|API_BASE) ANTHROPIC_BASE_URL AZURE_OPENAI_ENDPOINT
    (?:LANGCHAIN|LANGSMITH)_ENDPOINT GOOGLE_APPLICATION_CREDENTIALS TNS_ADMIN
    PG(?:SERVICEFILE|SYSCONFDIR|SSLROOTCERT)
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_EC2_METADATA_SERVICE_ENDPOINT GCE_METADATA_HOST
    AZURE_AUTHORITY_HOST
  `,
  // Programs that BentoML, builds and packages call.
  tools: `
    GIT_.+ SSH_(?:AUTH_SOCK|ASKPASS.*)
    DOCKER_(?:HOST|CONFIG|CONTEXT|CERT_PATH|TLS.*|API_VERSION) KUBECONFIG BUILDKIT_HOST
    BUILDX_.+ BUILDAH_.+ CONTAINER(?:_HOST|_CONNECTION|_SSHKEY|S_.*CONF.*|D_ADDRESS)
    REGISTRY_AUTH_FILE NERDCTL_TOML COMPOSE_FILE CC CXX CPP CUDACXX NVCC.* HOSTCC LDSHARED
    CUDA_(?:HOME|PATH) RUSTC(?:_.*WRAPPER)? (?:LIBRARY|PKG_CONFIG)_PATH
    (?:C|CPLUS|C_|CPLUS_)(?:PATH|INCLUDE_PATH)
    (?:C|CXX|CPP|LD)FLAGS CMAKE_TOOLCHAIN_FILE MAKEFLAGS
    TRITON_(?:PTXAS|CUOBJDUMP|NVDISASM)_PATH GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES
  `,
};

const patterns = (Object.keys(families) as VariableFamily[]).map(
  (family) =>
    [family, new RegExp(`^(?:${families[family].trim().split(/\s+/).join('|')})$`)] as const,
);

/** Programs read these variables in any case, on every system. */
const anyLetters = /_proxy$|^npm_config_/i;

/** On Windows the case of a name does not matter. */
export function variableFamily(
  name: string,
  platform: NodeJS.Platform,
): VariableFamily | undefined {
  const read = platform === 'win32' || anyLetters.test(name) ? name.toUpperCase() : name;
  return patterns.find(([, pattern]) => pattern.test(read))?.[0];
}

export const isPrivileged = (name: string, platform: NodeJS.Platform): boolean =>
  variableFamily(name, platform) !== undefined;

/** Removing a variable of these families also changes what is loaded, trusted or used as a proxy. */
const neededFamilies: ReadonlySet<VariableFamily | undefined> = new Set([
  'loader',
  'proxies',
  'tls',
] as const);

/** Gives the variables that the user's own settings do not set to the same value. */
export function privilegedVariables(
  wanted: Readonly<Record<string, string | null>>,
  usersOwn: Readonly<Record<string, string | null>>,
  platform: NodeJS.Platform,
): readonly PrivilegedVariable[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const family = variableFamily(name, platform);
    if (family === undefined || (value === null && !neededFamilies.has(family))) return [];
    const own = environmentName(usersOwn, name, platform);
    return own !== undefined && usersOwn[own] === value ? [] : [{ name, value }];
  });
}
