import type { PythonTools } from '../interpreter/probe-report';

/**
 * The package without which `bentoml build` cannot lock the versions of a bento's packages. Up to 1.1 BentoML runs
 * pip-tools and builds without a lock where that fails. Later versions that declare uv as a dependency run it as a
 * module. The newest take a uv on the PATH as well, and install it with pip where there is none.
 */
export function missingForBuild(
  { modules, requirements }: PythonTools,
  uvOnPath: string | undefined,
): 'uv' | undefined {
  if (requirements.includes('pip-tools') || modules.includes('uv')) return undefined;
  if (requirements.includes('uv')) return 'uv';
  return uvOnPath !== undefined || modules.includes('pip') ? undefined : 'uv';
}
