import { wrongConfiguration } from './configuration';
import { at, plainAdvice, type CauseContext, type Explanation } from './explanation';
import { missingModule } from './packages/missing-module';
import { isRequirement } from './packages/packages';
import { pipInstall } from './packages/pip-install';
import { factsOf } from './raised-facts';
import { reasonOf } from './reason';
import { shortType, type RootCause } from './root-cause';
import type { Raised } from './traceback';
import { withoutLibrary } from './python-variables';
import { unusableHome } from './unusable-home';
import { say } from '../messages/message';

interface Rule {
  /** Whether it explains also what is deeper in the chain, when nothing in it comes from the user's code. */
  readonly anywhere?: true;
  readonly explain: (cause: RootCause, context: CauseContext) => Explanation | undefined;
}

export const grpcPackages = ['protobuf<5', 'grpcio<1.63', 'grpcio-health-checking<1.63'];

const rules: readonly Rule[] = [
  { anywhere: true, explain: wrongConfiguration },
  { anywhere: true, explain: hidden },
  { anywhere: true, explain: withoutBentoml },
  { anywhere: true, explain: withoutPkgResources },
  { anywhere: true, explain: withoutGrpc },
  { anywhere: true, explain: unusableProtobuf },
  { explain: missingDependency },
  { explain: missingModule },
  { explain: unreadable },
  { explain: ended },
  { explain: runnersOfBefore },
  { anywhere: true, explain: missingModel },
  { explain: missingRunner },
  { explain: missingVariable },
  { explain: wrongHost },
  { anywhere: true, explain: addressInUse },
  { anywhere: true, explain: addressForbidden },
  { explain: tooManyFiles },
  { anywhere: true, explain: withoutHome },
];

/** Recognises the causes that have a known repair; nothing for all others. */
export function knownCause(
  cause: RootCause,
  chain: readonly Raised[],
  context: CauseContext,
): Explanation | undefined {
  const others = cause.place === undefined ? chain.map((raised): RootCause => ({ raised })) : [];
  for (const { anywhere, explain } of rules) {
    for (const one of anywhere === true ? [cause, ...others] : [cause]) {
      const explanation = explain(one, context);
      if (explanation !== undefined) {
        return { ...(cause.place === undefined ? {} : { place: cause.place }), ...explanation };
      }
    }
  }
  return undefined;
}

const named = [
  /^(?:partially initialized )?module '(\w+)[\w.]*' has no attribute/,
  /^No module named '(\w+)\.[\w.]+'/,
  /^cannot import name '.+' from (?:partially initialized module )?'(\w+)[\w.]*'/,
];

/** Python looks in the service's folder first: a file there is taken for a module that libraries import. */
function hidden({ raised }: RootCause, context: CauseContext): Explanation | undefined {
  const { files, reference } = context;
  const module = missedIn(raised, context) ?? importedIn(raised, context);
  if (module === undefined || module === /^\w+/.exec(reference)?.[0]) return undefined;
  const file = files.module(module);
  if (file === undefined) return undefined;
  return {
    code: 'import-failed',
    text: say('causeHidden', { file: file.shown, module, reason: reasonOf(raised) }),
    advice: say('fixHidden'),
    place: { ...file, line: 1 },
  };
}

/** The module in which a library does not find what it needs. */
function missedIn({ frames, message }: Raised, { files }: CauseContext): string | undefined {
  const deepest = frames.at(-1);
  // What the user's own code says of the user's own module is a mistake of another kind.
  if (deepest !== undefined && files.find(deepest.file) !== undefined) return undefined;
  return named.map((one) => one.exec(message)?.[1]).find((name) => name !== undefined);
}

/** The module that a library imports, and that runs the user's code. */
function importedIn({ frames }: Raised, { files }: CauseContext): string | undefined {
  for (const [index, { file, code = '' }] of frames.entries()) {
    const module = /^(?:import|from) (\w+)/.exec(code)?.[1];
    const next = files.find(frames[index + 1]?.file ?? '');
    if (module === undefined || next === undefined || files.find(file) !== undefined) continue;
    if (files.module(module)?.path === next.path) return module;
  }
  return undefined;
}

function withoutBentoml({ raised }: RootCause, context: CauseContext): Explanation | undefined {
  if (factsOf(raised).module !== 'bentoml') return undefined;
  const { python, env } = context;
  // It is installed there, as it was found before: a variable has Python look elsewhere.
  const elsewhere = withoutLibrary(env);
  if (elsewhere !== undefined) {
    return {
      code: 'no-bentoml',
      text: say('causeBentomlHidden', { python, variables: elsewhere.text }),
      advice: elsewhere.advice,
      setting: elsewhere.setting,
    };
  }
  const install = ['bentoml'];
  return {
    code: 'no-bentoml',
    text: say('causeNoBentoml', { python }),
    advice: say('fixRun', { command: pipInstall(python, install) }),
    install,
  };
}

function withoutPkgResources(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  if (factsOf(cause.raised).module !== 'pkg_resources') return undefined;
  const install = ['setuptools<81'];
  return {
    code: 'import-failed',
    text: say('causePkgResources', { place: at(cause) }),
    advice: say('fixRun', { command: pipInstall(python, install) }),
    install,
  };
}

function withoutGrpc(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  const { raised } = cause;
  const module = factsOf(raised).module?.split('.')[0] ?? '';
  const isGrpc =
    ['grpc', 'grpc_health', 'grpc_reflection', 'grpc_channelz'].includes(module) ||
    (shortType(raised) === 'MissingDependencyException' && /^'?grpcio\b/.test(raised.message));
  if (!isGrpc) return undefined;
  const extra = /^grpc_(reflection|channelz)$/.exec(module)?.[1];
  const install = [
    'bentoml[grpc]',
    ...grpcPackages,
    ...(extra === undefined ? [] : [`grpcio-${extra}<1.63`]),
  ];
  return {
    code: 'grpc-unavailable',
    text: say('causeNotInstalled', {
      ...{ what: extra === undefined ? 'gRPC' : `gRPC ${extra}`, place: at(cause) },
    }),
    advice: say('fixRun', { command: pipInstall(python, install) }),
    install,
  };
}

const protobuf =
  /google\.protobuf|Descriptors cannot be created directly|Gencode\/Runtime|'GetPrototype'|The grpc package installed is at version/;
const grpcCode = /[\\/](?:bentoml[\\/]grpc|grpc|grpc_\w+)[\\/]/;

/** Generated code works only with the protobuf it was generated for. That of other libraries is their matter. */
function unusableProtobuf(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  const { raised } = cause;
  const by = raised.frames.findLast(({ file }) => !/[\\/]google[\\/]protobuf[\\/]/.test(file));
  if (!protobuf.test(`${raised.type}: ${raised.message}`)) return undefined;
  if (by === undefined || !grpcCode.test(by.file)) return undefined;
  return {
    code: 'grpc-unavailable',
    text: say('causeProtobuf', { reason: reasonOf(raised), place: at(cause) }),
    advice: say('fixRun', { command: pipInstall(python, grpcPackages) }),
    install: grpcPackages,
  };
}

/** BentoML says itself what is to be installed. */
function missingDependency(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  const { raised } = cause;
  if (shortType(raised) !== 'MissingDependencyException') return undefined;
  const words = /pip install ([^'`\n]+)['`]/.exec(raised.message)?.[1]?.split(/\s+/) ?? [];
  const install = words
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replace(/^"|"$/g, ''));
  if (install.length === 0 || !install.every(isRequirement)) return undefined;
  const what = /^'?([\w.-]+)'? is required/.exec(raised.message)?.[1] ?? install.join(', ');
  return {
    code: 'import-failed',
    text: say('causeNotInstalled', { what, place: at(cause) }),
    advice: say('fixRun', { command: pipInstall(python, install) }),
    install,
  };
}

function unreadable({ raised, place }: RootCause): Explanation | undefined {
  if (!['SyntaxError', 'IndentationError', 'TabError'].includes(raised.type)) return undefined;
  const last = raised.frames.at(-1);
  const where = place ?? (last === undefined ? undefined : { shown: last.file, line: last.line });
  return {
    code: 'import-failed',
    text:
      where === undefined
        ? say('causeUnreadableSource', { reason: reasonOf(raised) })
        : say('causeUnreadable', {
            ...{ where: `${where.shown}:${where.line}`, reason: reasonOf(raised) },
          }),
    advice: plainAdvice,
  };
}

function ended(cause: RootCause): Explanation | undefined {
  if (cause.raised.type !== 'SystemExit') return undefined;
  return {
    code: 'import-failed',
    text: say('causeExit', { code: reasonOf(cause.raised), place: at(cause) }),
    advice: say('fixExit'),
  };
}

function runnersOfBefore(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  const isThat = /unexpected keyword argument 'runners'/.test(cause.raised.message);
  if (!isThat || cause.place === undefined) return undefined;
  return {
    code: 'import-failed',
    text: say('causeLegacyRunners', { place: at(cause) }),
    advice: say('fixLegacyRunners', { command: pipInstall(python, ['bentoml<1.4']) }),
  };
}

const noModel = [
  /no Models with name '([^']+)'/,
  /Model '([^']+)' is not found in BentoML store/,
  /Model (\S+) could not be found locally/,
];

function missingModel(cause: RootCause, { python }: CauseContext): Explanation | undefined {
  const { raised } = cause;
  const name = noModel.map((one) => one.exec(raised.message)?.[1]).find((one) => one !== undefined);
  if (name === undefined) return undefined;
  return {
    code: 'import-failed',
    text: say('causeNoModel', { name, place: at(cause) }),
    advice: say('fixNoModel', { command: `${python} -m bentoml models pull ${name}` }),
  };
}

function missingRunner(cause: RootCause): Explanation | undefined {
  if (!/requires runners/.test(cause.raised.message)) return undefined;
  return {
    code: 'missing-runner',
    setting: 'serveBento.runners',
    text: say('causeNoRunner', { reason: reasonOf(cause.raised) }),
    advice: say('fixNoRunner'),
  };
}

function missingVariable({ raised }: RootCause): Explanation | undefined {
  if (!raised.message.startsWith("Environment variable '")) return undefined;
  const said = reasonOf(raised).split('. ', 1)[0] ?? '';
  const variable = /^Environment variable '([A-Za-z_][A-Za-z0-9_]*)'/.exec(said)?.[1];
  return {
    code: 'settings',
    setting: 'serveBento.env',
    text: said,
    advice: say('fixNoVariable'),
    ...(variable === undefined ? {} : { variable }),
  };
}

function wrongHost({ raised }: RootCause): Explanation | undefined {
  if (!raised.message.startsWith('Invalid host IP address')) return undefined;
  return {
    code: 'settings',
    setting: 'serveBento.http.host',
    text: reasonOf(raised),
    advice: say('fixHost'),
  };
}

/** `EADDRINUSE` of Linux, macOS and Windows. */
const takenErrors = [98, 48, 10_048];
/** Libraries quote it: gRPC, uvicorn. */
const taken = /\[Errno (?:98|48|10048)\]|[Aa]ddress already in use|[Ff]ailed to bind to address/;

function addressInUse(cause: RootCause): Explanation | undefined {
  const { raised } = cause;
  const isTaken = takenErrors.includes(factsOf(raised).errno ?? 0) || taken.test(raised.message);
  if (!isTaken) return undefined;
  // No setting moves what the service's own code listens on.
  if (cause.place !== undefined) {
    return {
      code: 'crashed',
      text: say('causeOwnAddress', { reason: reasonOf(raised), place: at(cause) }),
      advice: say('fixOwnAddress'),
    };
  }
  return {
    code: 'port-in-use',
    text: say('causeAddressTaken', { reason: reasonOf(raised) }),
    advice: say('fixAddressTaken'),
  };
}

function addressForbidden({ raised }: RootCause): Explanation | undefined {
  if (raised.type !== 'PermissionError' || !/\bbind\b|address/.test(raised.message))
    return undefined;
  return {
    code: 'port-in-use',
    text: say('causePortReserved', { reason: reasonOf(raised) }),
    advice: say('fixPortReserved'),
  };
}

function tooManyFiles(cause: RootCause): Explanation | undefined {
  if (![23, 24].includes(factsOf(cause.raised).errno ?? 0)) return undefined;
  return {
    code: 'crashed',
    text: say('causeOpenFiles', { reason: reasonOf(cause.raised), place: at(cause) }),
    advice: say('fixOpenFiles'),
  };
}

function withoutHome({ raised }: RootCause, { home }: CauseContext): Explanation | undefined {
  const text = home === undefined ? undefined : unusableHome(raised, home);
  if (text === undefined) return undefined;
  return { code: 'settings', setting: 'serveBento.bentomlHome', text, advice: say('fixHome') };
}
