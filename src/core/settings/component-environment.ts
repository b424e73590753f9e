import { environmentName } from './environment-value';
import { bentomlVariables, type BentomlSettings } from './bentoml-variables';

/**
 * Matches variables that VS Code, Electron and their packages set for themselves. With them, a Python program could
 * start a second Electron as Node, or load libraries of a snap.
 */
const foreign = /^(?:ELECTRON_|VSCODE_|SNAP(?:_|$)|GDK_PIXBUF_)|^(?:NODE_OPTIONS|CHROME_DESKTOP)$/i;

const doNotTrack = 'BENTOML_DO_NOT_TRACK';

/** Builds the environment of all components: our own without foreign variables, then the env files, then `env`. */
export function componentEnvironment(
  processEnv: NodeJS.ProcessEnv,
  settings: BentomlSettings,
  files: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const environment = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(processEnv)) {
    if (value !== undefined && !foreign.test(name)) environment[name] = value;
  }
  const variables = bentomlVariables(settings, { ...environment, ...files });
  for (const [name, value] of [...Object.entries(files), ...Object.entries(variables)]) {
    const present = environmentName(environment, name, platform);
    if (present !== undefined) Reflect.deleteProperty(environment, present);
    if (value !== null) environment[name] = value;
  }
  const isSet = [environment, settings.env].some(
    (variables) => environmentName(variables, doNotTrack, platform) !== undefined,
  );
  if (!isSet) environment[doNotTrack] = 'True';
  return environment;
}
