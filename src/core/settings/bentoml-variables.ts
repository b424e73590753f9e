import type { ServeSettings } from './serve-settings';

type Variables = Readonly<Record<string, string | null>>;

/** The settings that BentoML reads from environment variables. */
export type BentomlSettings = Pick<ServeSettings, 'env'> &
  Partial<Pick<ServeSettings, 'bentomlHome' | 'bentomlConfig' | 'bentomlConfigOptions'>>;

const configOptions = 'BENTOML_CONFIG_OPTIONS';

/**
 * Adds BentoML's variables to `env`; they override those of the same name. Configuration options are appended to
 * existing ones, and override options with the same key.
 * @param under the variables that `env` overrides: those of the env files and of the environment.
 */
export function bentomlVariables(
  settings: BentomlSettings,
  under: Readonly<NodeJS.ProcessEnv> = {},
): Variables {
  const { env, bentomlHome, bentomlConfig, bentomlConfigOptions = {} } = settings;
  const options = Object.entries(bentomlConfigOptions).map(([key, value]) => option(key, value));
  const present = (Object.hasOwn(env, configOptions) ? env : under)[configOptions] ?? '';
  return {
    ...env,
    ...(bentomlHome === undefined ? {} : { BENTOML_HOME: bentomlHome }),
    ...(bentomlConfig === undefined ? {} : { BENTOML_CONFIG: bentomlConfig }),
    ...(options.length === 0
      ? {}
      : { [configOptions]: [present, ...options].filter(Boolean).join(' ') }),
  };
}

/** Quotes an option for BentoML, which splits at spaces and at the first `=` outside of double quotes. */
function option(key: string, value: string | number | boolean): string {
  const text = String(value);
  return `${key}=${/[\s=]/.test(text) ? `"${text}"` : text}`;
}
