import path from 'node:path';
import { planRequest, type PlannedBento } from './plan-request';
import type { PlannedSettings } from './planned-settings';

export interface PlanCommandParts {
  readonly bento: PlannedBento;
  readonly settings: PlannedSettings;
  readonly python: string;
  /** The folder with our Python files. */
  readonly scripts: string;
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  /** See `PlanRequest.deployment`. Default: true, since a bento is planned once per serve. */
  readonly deployment?: boolean;
}

/** The process that asks BentoML what to run: not isolated, so that it finds what the workers will find. */
export function planCommand(parts: PlanCommandParts): {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const { bento, settings, python, scripts, env, deployment } = parts;
  const request = planRequest(settings, bento, deployment);
  return {
    argv: [python, path.join(scripts, 'plan.py'), JSON.stringify(request)],
    cwd: bento.workingDir,
    env,
  };
}
