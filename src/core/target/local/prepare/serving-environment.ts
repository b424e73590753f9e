import path from 'node:path';
import type { Interpreter } from '../../../interpreter/interpreter';
import { componentEnvironment } from '../../../settings/component-environment';
import { proxyExceptions } from '../../../settings/proxy-exceptions';
import type { ServeSettings } from '../../../settings/serve-settings';

/** The environment of everything of a bento, as if its interpreter's environment had been activated. */
export function servingEnvironment(
  processEnv: NodeJS.ProcessEnv,
  settings: ServeSettings,
  interpreter: Pick<Interpreter, 'path'>,
  fileVariables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const env = componentEnvironment(processEnv, settings, fileVariables);
  const own = path.dirname(interpreter.path);
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const others = env[pathName] ?? '';
  const hosts = Object.values(settings.runners).flatMap(({ host }) => host ?? []);
  return {
    ...env,
    ...proxyExceptions(env, hosts, process.platform),
    // Programs that a service calls are those of its own environment.
    [pathName]: others === '' ? own : `${own}${path.delimiter}${others}`,
    // Output is shown as it is written, not when a buffer is full.
    PYTHONUNBUFFERED: env['PYTHONUNBUFFERED'] ?? '1',
    // Native code that crashes is told by its place. On Windows it also speaks of what is handled.
    ...(process.platform === 'win32' || env['PYTHONFAULTHANDLER'] !== undefined
      ? {}
      : { PYTHONFAULTHANDLER: '1' }),
  };
}
