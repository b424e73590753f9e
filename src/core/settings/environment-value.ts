/** Finds the name of a variable: on Windows `Path` and `PATH` are the same, but not in a copy of `process.env`. */
export function environmentName(
  env: Readonly<Record<string, unknown>>,
  name: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (Object.hasOwn(env, name)) return name;
  if (platform !== 'win32') return undefined;
  const wanted = name.toUpperCase();
  return Object.keys(env).find((key) => key.toUpperCase() === wanted);
}

export function environmentValue(
  env: NodeJS.ProcessEnv,
  name: string,
  platform: NodeJS.Platform,
): string | undefined {
  const key = environmentName(env, name, platform);
  return key === undefined ? undefined : env[key];
}
