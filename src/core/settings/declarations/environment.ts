import { settingIn } from '../setting';
import { configOptions, variables } from '../table-types';
import { path, paths } from '../value-types';

const setting = settingIn('environment');

export const environment = {
  /** `null` removes a variable. */
  env: setting({
    type: variables,
    default: {},
    example: {
      MODEL_DIR: '${workspaceFolder}/models',
      HF_TOKEN: '${secret:huggingface}',
      HTTP_PROXY: null,
    },
    restricted: true,
  }),
  /** Later files override earlier ones; `env` overrides all of them. */
  envFile: setting({
    type: paths,
    default: [],
    example: ['.env', '.env.local'],
    restricted: true,
  }),
  bentomlHome: setting({
    type: path,
    default: '',
    example: '${workspaceFolder}/.bentoml',
    restricted: true,
    parameter: 'bentoml_home',
  }),
  bentomlConfig: setting({
    type: path,
    default: '',
    example: 'bentoml.yaml',
    restricted: true,
  }),
  bentomlConfigOptions: setting({
    type: configOptions,
    default: {},
    example: {
      'api_server.logging.access.enabled': false,
      'runners."my-model".batching.max_batch_size': 32,
    },
    restricted: true,
  }),
};
