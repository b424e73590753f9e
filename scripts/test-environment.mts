import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const windows = process.platform === 'win32';

/**
 * Variables that tests take over from the machine: its language, terminal and display, what it reaches its package
 * registries with, and our own. Everything else could name programs, packages or interpreters.
 */
const inherited = [
  /^(?:CI|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|FORCE_COLOR|NO_COLOR|USER|LOGNAME|NODE_ENV)$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS)$/,
  /^(?:SSL_CERT_FILE|SSL_CERT_DIR|NIX_SSL_CERT_FILE|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE)$/,
  /^(?:NODE_EXTRA_CA_CERTS|GRPC_DEFAULT_SSL_ROOTS_FILE_PATH)$/,
  /^PIP_(?:CERT|CLIENT_CERT|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|DEFAULT_TIMEOUT)$/,
  /^UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST)$/,
  /^npm_config_(?:registry|cafile|strict_ssl)$/i,
  /^(?:SERVE_BENTO_|PROPERTY_|VITEST)\w*$/,
  /^VSCODE_HOST_DIR$/,
];

/** Without these, no program starts on Windows. */
const inheritedOnWindows =
  /^(?:SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|OS|USERNAME|USERDOMAIN|ProgramData|ProgramFiles.*|NUMBER_OF_PROCESSORS|PROCESSOR_\w+)$/i;

/** Registry settings of the machine's user; a new home needs a copy. */
const configurationFiles = [
  '.npmrc',
  '.pip/pip.conf',
  '.config/pip/pip.conf',
  '.config/uv/uv.toml',
];

const machinePath = 'SERVE_BENTO_MACHINE_PATH';
const machineHome = 'SERVE_BENTO_MACHINE_HOME';
const machinePyenv = 'SERVE_BENTO_MACHINE_PYENV_ROOT';

/**
 * Replaces the environment of this process, and so of everything it starts, by one that is the same on every machine.
 * Home, temporary files and the XDG folders are in a folder of this run, which is removed when the process exits.
 * Set-up that needs the machine's own programs comes before, or uses `machineEnvironment`.
 */
export function enterTestEnvironment(): void {
  if (process.env[machinePath] !== undefined) return;
  const outer = { ...process.env };
  // Short: a Unix socket's path has at most 103 bytes.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sb-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const env = testEnvironment(outer, folder, os.homedir());
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

/** The environment of tests whose files are in `folder`; makes the folders that it names. */
export function testEnvironment(
  outer: NodeJS.ProcessEnv,
  folder: string,
  home: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(outer)) {
    if (value !== undefined && isInherited(name)) env[name] = value;
  }
  const place = (name: string): string => {
    const made = path.join(folder, name);
    mkdirSync(made, { recursive: true, mode: 0o700 });
    return made;
  };
  const ownHome = place('home');
  for (const file of configurationFiles) {
    const from = path.join(home, file);
    if (!existsSync(from)) continue;
    mkdirSync(path.dirname(path.join(ownHome, file)), { recursive: true });
    copyFileSync(from, path.join(ownHome, file));
  }
  const temporary = place('tmp');
  return {
    ...env,
    PATH: [path.dirname(process.execPath), ...systemFolders(outer)].join(path.delimiter),
    [machinePath]: outer['PATH'] ?? outer['Path'] ?? '',
    [machineHome]: home,
    ...(outer['PYENV_ROOT'] === undefined ? {} : { [machinePyenv]: outer['PYENV_ROOT'] }),
    HOME: ownHome,
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: place('run'),
    XDG_CACHE_HOME: place('cache'),
    XDG_CONFIG_HOME: path.join(ownHome, '.config'),
    XDG_DATA_HOME: path.join(ownHome, '.local/share'),
    XDG_STATE_HOME: path.join(ownHome, '.local/state'),
    ...(windows ? { USERPROFILE: ownHome, TEMP: temporary, TMP: temporary } : {}),
  };
}

/** What set-up runs in: the machine's own `PATH` and home, without an environment that somebody has activated. */
export function machineEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const activated =
    /^(?:VIRTUAL_ENV|CONDA_|PYTHON|UV_PYTHON|UV_PROJECT|BENTOML_|XDG_|VSCODE_(?!HOST_DIR)|ELECTRON_)/;
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !activated.test(name)));
  const { [machinePath]: outerPath, [machineHome]: outerHome, [machinePyenv]: pyenv } = env;
  if (outerPath === undefined || outerHome === undefined) return kept;
  const ofPyenv = pyenv === undefined ? {} : { PYENV_ROOT: pyenv };
  return { ...kept, PATH: outerPath, HOME: outerHome, ...ofPyenv };
}

function isInherited(name: string): boolean {
  return (
    inherited.some((pattern) => pattern.test(name)) || (windows && inheritedOnWindows.test(name))
  );
}

function systemFolders(outer: NodeJS.ProcessEnv): readonly string[] {
  if (windows) {
    const root = outer['SystemRoot'] ?? 'C:\\Windows';
    return [path.join(root, 'System32'), root];
  }
  const administration = process.platform === 'darwin' ? ['/usr/sbin', '/sbin'] : [];
  return ['/usr/local/bin', '/usr/bin', '/bin', ...administration];
}
