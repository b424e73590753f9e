import { argumentLimits, argumentSize } from '../argument-limits';
import { ServeError } from '../problem';
import { problemTexts, say, type Message } from '../messages/message';
import { reasonOf } from '../system-error';

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
      throw tooLong(spec, say('commandLineLength', { length }), limits.all);
    }
  }
  const tooLarge = largerThan(spec, limits.one);
  if (tooLarge !== undefined) throw tooLong(spec, tooLarge, limits.one);
  // There is no limit for all variables.
  if (platform === 'win32') return;
  const size = argumentSize(stringsOf(spec));
  if (size > limits.all) throw tooLong(spec, allTogether(size), limits.all);
}

const allTogether = (size: number): Message => say('argumentsSize', { size });

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
        ...problemTexts(say('programGone', { name, program: argv[0] ?? '', folder: cwd })),
        detail: message,
      });
    default:
      return new ServeError({
        code: 'crashed',
        ...problemTexts(say('notStarted', { name, reason: reasonOf({ code, message }) })),
        detail: message,
      });
  }
}

function tooLong({ process: name }: Spec, what: Message, limit?: number): ServeError {
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

/** The largest argument or variable, where it has more bytes than the system takes. */
function largerThan({ argv, env }: Spec, limit: number): Message | undefined {
  const all = [
    ...argv.map((text) => ({ name: undefined, bytes: Buffer.byteLength(text) })),
    ...Object.entries(env).map(([name, value]) => ({
      name,
      bytes: Buffer.byteLength(`${name}=${value}`),
    })),
  ];
  const largest = all.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  if (largest.bytes <= limit) return undefined;
  const { name, bytes } = largest;
  return name === undefined ? say('argumentSize', { bytes }) : say('variableSize', { name, bytes });
}
