import { spawn } from 'node:child_process';
import path from 'node:path';
import type { CauseContext } from '../../src/core/diagnosis/explanation';
import { userFiles } from '../../src/core/diagnosis/user-files';
import { workspaceModules } from '../../src/core/diagnosis/packages/workspace-modules';
import type { ExitStatus } from '../../src/core/programs/exit-status';
import type { Plan } from '../../src/core/plan/plan';
import { planCommand, type PlanCommandParts } from '../../src/core/plan/plan-command';
import { readPlan, type PlannerOutput } from '../../src/core/plan/read-plan';
import type { ServeError } from '../../src/core/problem';
import { defaultSettings } from '../../src/core/settings/default-settings';

export const scripts = path.resolve('src/python');

const defaults: PlanCommandParts['settings'] = {
  http: { ...defaultSettings.http, host: '127.0.0.1', apiWorkers: 1 },
  grpc: defaultSettings.grpc,
  runners: {},
  args: {},
};

export interface PlanRun {
  readonly python: string;
  readonly workingDir: string;
  readonly reference?: string;
  readonly buildFile?: string;
  readonly settings?: Partial<PlanCommandParts['settings']>;
  readonly env?: Readonly<Record<string, string>>;
  readonly deployment?: boolean;
  /** The folder with plan.py; ours when it is absent. */
  readonly scripts?: string;
}

/** Runs plan.py for real. */
export function runPlanner(run: PlanRun): Promise<PlannerOutput> {
  const { argv, cwd, env } = planCommand({
    python: run.python,
    bento: {
      reference: run.reference ?? '.',
      workingDir: run.workingDir,
      ...(run.buildFile === undefined ? {} : { buildFile: run.buildFile }),
    },
    settings: { ...defaults, ...run.settings },
    scripts: run.scripts ?? scripts,
    env: { ...cleanEnvironment(), ...run.env },
    deployment: run.deployment ?? false,
  });
  const [command = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
    }
    child.on('error', reject).on('close', (code, signal) => {
      const status: ExitStatus = { code, signal };
      resolve({ ...said, status });
    });
  });
}

const causes = ({ python, reference = '.', workingDir, env = {} }: PlanRun): CauseContext => ({
  python,
  reference,
  workingDir,
  env,
  files: userFiles([workingDir]),
  workspaceModule: workspaceModules(workingDir, workingDir),
});

export async function planFor(run: PlanRun): Promise<Plan> {
  return readPlan(await runPlanner(run), causes(run), 'serve');
}

export async function failureFor(run: PlanRun): Promise<ServeError> {
  const said = await runPlanner(run);
  try {
    readPlan(said, causes(run), 'serve');
  } catch (error) {
    return error as ServeError;
  }
  throw new Error('a plan was made');
}

/** Bytecode is not written into fixtures and samples. */
export function cleanEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('BENTOML_'),
  );
  return {
    ...Object.fromEntries(own),
    BENTOML_DO_NOT_TRACK: 'True',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONFAULTHANDLER: '1',
    PYTHONWARNINGS: 'ignore',
  };
}
