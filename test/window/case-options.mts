import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { WindowOptions } from './host/open-window.mts';
import type { Viewport } from './host/browser.mts';
import { engineOfRun, type RunEngine } from './support/engine.mts';
import { storedDebugpy } from './support/debugpy.mts';

/** How the window of a suite or journey is opened. */
export interface CaseOptions {
  /** Relative to the project; copied, so that a case may change it. `samples/search` by default. */
  readonly folder?: string;
  /** Whose interpreter `serveBento.pythonPath` is set to; `bentoml-1.4` by default. */
  readonly environment?: EnvironmentName | 'none';
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Off by default: the folder counts as trusted and nobody is asked. */
  readonly workspaceTrust?: boolean;
  readonly viewport?: Viewport;
  readonly reconnectionGraceSeconds?: number;
  readonly timeoutSeconds?: number;
  /** The extension finds debugpy in its storage, as after the question; a window test downloads nothing. */
  readonly debugpy?: true;
  /** Nothing may run beside it: it measures, or its ports must not be taken. */
  readonly alone?: true;
  /** Needs an engine, which `npm run test:compose` or `npm run test:kubernetes` starts. */
  readonly engine?: RunEngine['kind'];
  /** Takes too long for every change: run by `--all`, or by its name. */
  readonly long?: true;
}

export interface CaseContext {
  readonly environments: Readonly<Record<EnvironmentName, string>>;
  readonly vsix: string;
  /** A BentoML home that only this case uses. */
  readonly bentomlHome: string;
}

export const defaultTimeoutSeconds = 180;

export async function windowOptions(
  options: CaseOptions,
  context: CaseContext,
): Promise<WindowOptions> {
  const {
    folder = 'samples/search',
    environment = 'bentoml-1.4',
    settings,
    env,
    alone: _,
    long: __,
    engine,
    debugpy = false,
    ...rest
  } = options;
  const python = environment === 'none' ? undefined : context.environments[environment];
  return {
    ...rest,
    folder: path.join(projectRoot, folder),
    vsix: [context.vsix],
    ...(debugpy && python !== undefined ? { storage: await storedDebugpy(python) } : {}),
    settings: {
      ...(python === undefined ? {} : { 'serveBento.pythonPath': python }),
      ...settings,
    },
    env: {
      ...caseEnvironment(context),
      ...(engine === undefined ? {} : engineOfRun().env),
      ...env,
    },
  };
}

export function caseEnvironment(context: CaseContext): Record<string, string> {
  return {
    BENTOML_HOME: context.bentomlHome,
    BENTOML_DO_NOT_TRACK: 'True',
    SERVE_BENTO_TEST_ENVIRONMENTS: JSON.stringify(context.environments),
  };
}
