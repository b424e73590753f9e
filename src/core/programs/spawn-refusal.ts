import { argumentLimits, argumentSize } from '../argument-limits';
import { ServeError } from '../problem';
import { problemTexts, say } from '../messages/message';

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
        ...problemTexts(say('tooManyOpenFiles', { name })),
      });
    case 'EAGAIN':
    case 'ENOMEM':
      return new ServeError({
        code: 'crashed',
        ...problemTexts(say('noRoomForProcess', { name, code })),
      });
    case 'ENOENT':
    case 'EACCES':
      return new ServeError({
        code: 'no-python',
        ...problemTexts(
          say('programGone', { name, reason: message, program: argv[0] ?? '', folder: cwd }),
        ),
      });
    default:
      return new ServeError({
        code: 'crashed',
        ...problemTexts(say('notStarted', { name, reason: message })),
      });
  }
}

function tooLong({ process: name }: Spec, what: string, limit?: number): ServeError {
  const message =
    limit === undefined
      ? say('argumentsTooLong', { name, what })
      : say('argumentsTooLongLimit', { name, what, limit });
  return new ServeError({
    code: 'settings',
    setting: 'serveBento.env',
    ...problemTexts(message, say('argumentsTooLongSummary', { what })),
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
