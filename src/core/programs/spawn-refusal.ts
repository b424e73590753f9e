import { argumentLimits, argumentSize } from '../argument-limits';
import { ServeError } from '../problem';

interface Spec {
  /** For people: the component it belongs to, with its number. */
  readonly process: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Refuses what the system would refuse with nothing but E2BIG. @throws ServeError */
export function assertFits(spec: Spec, platform: NodeJS.Platform = process.platform): void {
  const limits = argumentLimits(platform);
  if (platform === 'win32') {
    const { length } = spec.argv.join(' ');
    if (length > limits.all) {
      throw tooLong(spec, `the command line has ${length} characters`, limits.all);
    }
  }
  const longest = longestOf(spec);
  if (longest.bytes > limits.one) {
    throw tooLong(spec, `${longest.what} has ${longest.bytes} bytes`, limits.one);
  }
  // There is no limit for all variables.
  if (platform === 'win32') return;
  const size = argumentSize(stringsOf(spec));
  if (size > limits.all) throw tooLong(spec, allTogether(size), limits.all);
}

const allTogether = (size: number): string =>
  `they have ${size} bytes together with the environment`;

const stringsOf = ({ argv, env }: Spec): readonly string[] => [
  ...argv,
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
];

/** What it means that the system did not start a process. `code`: an errno name. */
export function spawnRefusal(spec: Spec, code: string, message: string): ServeError {
  const { process: name, argv, cwd } = spec;
  switch (code) {
    case 'E2BIG':
      return tooLong(spec, allTogether(argumentSize(stringsOf(spec))));
    case 'EMFILE':
    case 'ENFILE':
      return new ServeError({
        code: 'crashed',
        message: `${name} could not be started, because too many files are open: stop other bentos, or raise the limit (ulimit -n) where VS Code is started.`,
      });
    case 'EAGAIN':
    case 'ENOMEM':
      return new ServeError({
        code: 'crashed',
        message: `${name} could not be started, because the system has no room for another process (${code}): stop other programs and serve again.`,
      });
    case 'ENOENT':
    case 'EACCES':
      return new ServeError({
        code: 'no-python',
        message: `${name} could not be started (${message}): check that ${argv[0] ?? ''} and ${cwd} are still there, and serve again.`,
      });
    default:
      return new ServeError({
        code: 'crashed',
        message: `${name} could not be started: ${message}.`,
      });
  }
}

function tooLong({ process: name }: Spec, what: string, limit?: number): ServeError {
  const most = limit === undefined ? '' : `, and this system takes ${limit}`;
  return new ServeError({
    code: 'settings',
    setting: 'serveBento.env',
    summary: `its arguments are too long: ${what}`,
    message: `The arguments of ${name} are too long: ${what}${most}. Give runners shorter names, or shorten what is set in serveBento.env.`,
  });
}

function longestOf({ argv, env }: Spec): { readonly what: string; readonly bytes: number } {
  const all = [
    ...argv.map((text) => ({ what: 'one of them', bytes: Buffer.byteLength(text) })),
    ...Object.entries(env).map(([name, value]) => ({
      what: `the variable ${name}`,
      bytes: Buffer.byteLength(`${name}=${value}`),
    })),
  ];
  return all.reduce((most, one) => (one.bytes > most.bytes ? one : most), {
    what: '',
    bytes: 0,
  });
}
