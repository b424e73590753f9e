import { describe, expect, it } from 'vitest';
import {
  isPrivileged,
  privilegedVariables,
  variableFamily,
  type VariableFamily,
} from '../../../src/core/settings/privileged-variables';

const systems = ['linux', 'darwin', 'win32'] as const;

const members: Readonly<Record<VariableFamily, string>> = {
  loader:
    'LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES GCONV_PATH OMP_TOOL_LIBRARIES CUDA_INJECTION64_PATH OCL_ICD_VENDORS VK_LAYER_PATH GIO_EXTRA_MODULES HOSTALIASES HSA_TOOLS_LIB NCCL_PROFILER_PLUGIN NUMBA_CUDA_DRIVER PJRT_NAMES_AND_LIBRARY_PATHS OPENCL_LAYERS ROCP_TOOL_LIB UCX_MODULE_DIR LIBVA_DRIVERS_PATH GBM_BACKENDS_PATH GDAL_DRIVER_PATH MAGICK_CODER_MODULE_PATH OMPI_MCA_mca_base_component_path __EGL_VENDOR_LIBRARY_DIRS RESOLV_HOST_CONF',
  interpreter:
    'PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONBREAKPOINT PYTHONWARNINGS PYTHON_PRESITE NODE_OPTIONS PERL5OPT RUBYOPT JAVA_TOOL_OPTIONS MPLBACKEND OTEL_PYTHON_DISTRO LUA_INIT_5_4 PYTEST_PLUGINS PYTEST_ADDOPTS _PYTHON_SYSCONFIGDATA_NAME TRITON_CACHE_MANAGER TRITON_LIBCUDA_PATH VLLM_PLUGINS',
  programs: 'PATH PATHEXT COMSPEC BASH_ENV BASH_FUNC_ls%% SHELL PSMODULEPATH',
  home: 'HOME USERPROFILE APPDATA XDG_CONFIG_HOME XDG_RUNTIME_DIR NETRC',
  bentoml: 'BENTOML_CONFIG BENTOML_CONFIG_OPTIONS BENTO_CLOUD_API_ENDPOINT',
  proxies:
    'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY FTP_PROXY GRPC_PROXY NO_GRPC_PROXY SOCKS_PROXY',
  tls: 'SSLKEYLOGFILE SSL_CERT_FILE OPENSSL_MODULES OPENSSL_CONF REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS CURL_HOME AWS_CA_BUNDLE',
  sources:
    'PIP_INDEX_URL PIP_CONFIG_FILE UV_INDEX_URL CONDA_CHANNELS NPM_CONFIG_REGISTRY HF_ENDPOINT MLFLOW_TRACKING_URI AWS_ENDPOINT_URL_S3 OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_HEADERS OPENAI_BASE_URL OPENAI_API_BASE ANTHROPIC_BASE_URL LANGSMITH_ENDPOINT OTEL_EXPORTER_ZIPKIN_ENDPOINT GOOGLE_APPLICATION_CREDENTIALS PGSERVICEFILE LANGCHAIN_ENDPOINT AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_EC2_METADATA_SERVICE_ENDPOINT GCE_METADATA_HOST AZURE_AUTHORITY_HOST',
  tools:
    'GIT_SSH_COMMAND DOCKER_HOST DOCKER_CONFIG SSH_AUTH_SOCK KUBECONFIG CC CUDA_HOME RUSTC_WRAPPER LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH CONTAINERS_CONF REGISTRY_AUTH_FILE GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES',
};

const all = Object.entries(members).flatMap(([family, names]) =>
  names.split(' ').map((name) => [name, family] as const),
);

const mixed = (name: string): string =>
  name
    .split('')
    .map((letter, index) => (index % 2 === 0 ? letter : letter.toLowerCase()))
    .join('');

describe.each(systems)('variables that a workspace does not set unasked on %s', (system) => {
  it.each(all)('%s (%s)', (name, family) => {
    expect(variableFamily(name, system)).toBe(family);
  });

  it.each([
    'http_proxy',
    'Http_Proxy',
    'hTTPS_pROXY',
    'no_proxy',
    'grpc_proxy',
    'npm_config_registry',
  ])('%s, which is read in any letters', (name) => {
    expect(isPrivileged(name, system)).toBe(true);
  });

  it.each([
    ...['MODEL_DIR', 'OMP_NUM_THREADS', 'CUDA_VISIBLE_DEVICES', 'BENTOML_HOME', 'PYTHONUNBUFFERED'],
    ...[
      'PYTHONHASHSEED',
      'MY_PATH',
      'OLD_LD_PRELOAD',
      'LOG_LEVEL',
      'ENV',
      'HF_HOME',
      'HF_TOKEN',
      'TZ',
      'LANG',
    ],
    ...[
      'OPENAI_API_KEY',
      'DATABASE_URL',
      'TOKENIZERS_PARALLELISM',
      'PIPELINE',
      'GITHUB_SHA',
      'HOMEPAGE',
    ],
    ...[
      'TORCH_HOME',
      'MKL_NUM_THREADS',
      'DOCKERFILE',
      'PROXY',
      'BENTOML_DO_NOT_TRACK',
      'CCACHE_DIR',
    ],
  ])('but not %s', (name) => {
    expect(variableFamily(name, system)).toBeUndefined();
  });
});

describe('letters', () => {
  it.each(all)('of %s are all the same on Windows', (name) => {
    expect(isPrivileged(name.toLowerCase(), 'win32')).toBe(true);
    expect(isPrivileged(mixed(name), 'win32')).toBe(true);
  });

  it.each(['path', 'Home', 'ld_preload', 'cc'])('make %s another variable elsewhere', (name) => {
    expect(isPrivileged(name, 'linux')).toBe(false);
    expect(isPrivileged(name, 'darwin')).toBe(false);
  });
});

describe('what is asked about', () => {
  it('is what the user has not set to just that', () => {
    const wanted = { PATH: '/evil', LD_PRELOAD: 'x.so', MODEL: 'y', PYTHONPATH: null };
    expect(privilegedVariables(wanted, { LD_PRELOAD: 'x.so' }, 'linux')).toEqual([
      { name: 'PATH', value: '/evil' },
    ]);
    expect(privilegedVariables({ PATH: '/mine' }, { PATH: '/other' }, 'linux')).toHaveLength(1);
  });

  it('is also the loss of a proxy, a certificate or a library', () => {
    const gone = { NO_PROXY: null, http_proxy: null, SSL_CERT_FILE: null, LD_LIBRARY_PATH: null };
    const wanted = { ...gone, REQUESTS_CA_BUNDLE: null, MODEL: null, HOME: null };
    expect(privilegedVariables(wanted, { REQUESTS_CA_BUNDLE: null }, 'linux')).toEqual(
      Object.keys(gone).map((name) => ({ name, value: null })),
    );
    expect(privilegedVariables({ NO_PROXY: null }, { NO_PROXY: 'a' }, 'linux')).toHaveLength(1);
  });

  it('knows the same variable in other letters on Windows', () => {
    expect(privilegedVariables({ Path: 'C:\\x' }, { PATH: 'C:\\x' }, 'win32')).toEqual([]);
    expect(privilegedVariables({ http_proxy: 'x' }, { HTTP_PROXY: 'x' }, 'linux')).toHaveLength(1);
  });
});
