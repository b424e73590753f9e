import type { ServeSettings } from './serve-settings';

type Variables = Readonly<Record<string, string | null>>;

/** The settings that reach BentoML as variables of its own. */
export type BentomlSettings = Pick<ServeSettings, 'env'> &
  Partial<Pick<ServeSettings, 'bentomlHome' | 'bentomlConfig' | 'bentomlConfigOptions'>>;

const configOptions = 'BENTOML_CONFIG_OPTIONS';

/**
 * `env` with them; they win over what it has by the same name. Options are joined with those that are there, and win
 * over one of the same key.
 * @param under the variables that `env` wins over: of the env files, and of the environment.
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

/** As BentoML splits them: at blanks and the first `=`, where nothing is in double quotes. */
function option(key: string, value: string | number | boolean): string {
  const text = String(value);
  return `${key}=${/[\s=]/.test(text) ? `"${text}"` : text}`;
}
