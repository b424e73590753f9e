import type { ServeSettings } from './serve-settings';

type Variables = Readonly<Record<string, string | null>>;

/** The settings that reach BentoML as variables of its own. */
export type BentomlSettings = Pick<ServeSettings, 'env'> &
  Partial<Pick<ServeSettings, 'bentomlHome' | 'bentomlConfig' | 'bentomlConfigOptions'>>;

/** `env` with them; they win over what it has by the same name, and options over what it has of the same key. */
export function bentomlVariables(settings: BentomlSettings): Variables {
  const { env, bentomlHome, bentomlConfig, bentomlConfigOptions = {} } = settings;
  const options = Object.entries(bentomlConfigOptions).map(([key, value]) => option(key, value));
  const present = env['BENTOML_CONFIG_OPTIONS'] ?? '';
  return {
    ...env,
    ...(bentomlHome === undefined ? {} : { BENTOML_HOME: bentomlHome }),
    ...(bentomlConfig === undefined ? {} : { BENTOML_CONFIG: bentomlConfig }),
    ...(options.length === 0
      ? {}
      : { BENTOML_CONFIG_OPTIONS: [present, ...options].filter(Boolean).join(' ') }),
  };
}

/** As BentoML splits them: at blanks and the first `=`, where nothing is in double quotes. */
function option(key: string, value: string | number | boolean): string {
  const text = String(value);
  return `${key}=${/[\s=]/.test(text) ? `"${text}"` : text}`;
}
