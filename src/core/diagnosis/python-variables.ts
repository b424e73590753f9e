import { say, type Argument, type Message } from '../messages/message';

/** Variables of the environment that Python itself reads at its start, and what is wrong with them. */

interface WrongVariable {
  /** The rest of a sentence: "PYTHONHOME is set to /opt/nothing". */
  readonly text: Argument;
  readonly advice: Message;
  readonly setting: string;
}

type Environment = Readonly<Record<string, string>>;

/** We set these ourselves where nobody else does; neither can keep Python from starting. */
const ours = ['PYTHONUNBUFFERED', 'PYTHONFAULTHANDLER'];

/** What says in Python's words which variable it could not use, where it does not name it. */
const signs: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /encodings|init_fs_encoding|init_import_site|site module|importlib/,
    ['PYTHONHOME', 'PYTHONPLATLIBDIR', 'PYTHONPATH'],
  ],
  [/init_sys_streams|unknown encoding/, ['PYTHONIOENCODING']],
  [/GIL/, ['PYTHON_GIL']],
  [/hash seed|hash_seed/, ['PYTHONHASHSEED']],
  [/allocator/, ['PYTHONMALLOC']],
  [/utf8/i, ['PYTHONUTF8']],
  [/tracemalloc|invalid number of frames/i, ['PYTHONTRACEMALLOC']],
];

/** The variable that kept Python from starting, from what it said of that. */
export function wrongVariable(said: string, env: Environment): WrongVariable | undefined {
  const set = pythonVariables(env);
  const named = set.filter((name) => new RegExp(`\\b${name}\\b`).test(said));
  if (named.length > 0) return told(named, env);
  const meant = signs.flatMap(([sign, names]) => (sign.test(said) ? names : []));
  const likely = meant.filter((name) => set.includes(name));
  const [first] = likely;
  if (first !== undefined) return told([first], env);
  return set.length === 0 ? undefined : told(set, env);
}

/** The variable that has Python look for its library, and that of its packages, elsewhere. */
export function withoutLibrary(env: Environment): WrongVariable | undefined {
  const set = ['PYTHONHOME', 'PYTHONPLATLIBDIR'].filter((name) => (env[name] ?? '') !== '');
  return set.length === 0 ? undefined : told(set, env);
}

/** Those that are set by others, by name. */
function pythonVariables(env: Environment): readonly string[] {
  const set = Object.keys(env).filter((name) => /^PYTHON_?[A-Z_]+$/.test(name) && env[name] !== '');
  return set.filter((name) => !ours.includes(name)).sort();
}

function told(names: readonly string[], env: Environment): WrongVariable {
  const values = names.map((name) =>
    say('variableSet', { name, value: JSON.stringify(env[name]) }),
  );
  return {
    text: joined(values, 'bothOf'),
    setting: 'serveBento.env',
    advice: say('fixVariable', {
      names: joined(names, 'eitherOf'),
    }),
  };
}

/** One or more, the last after "and" or "or". */
const joined = (parts: readonly Argument[], key: 'bothOf' | 'eitherOf'): Argument =>
  parts.reduce((one, other) => say(key, { one, other }));
