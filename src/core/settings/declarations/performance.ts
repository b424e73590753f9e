import { settingIn } from '../setting';
import { choice, moduleNames } from '../value-types';

const setting = settingIn('performance');

export const performance = {
  /** When to start the process that has imported BentoML and forks workers. */
  warmUp: setting({
    type: choice(['auto', 'off', 'onServe', 'onView']),
    default: 'auto',
    example: 'onView',
    restricted: true,
  }),
  /** Modules that this process imports too. */
  preload: setting({
    type: moduleNames,
    default: [],
    example: ['torch', 'transformers'],
    restricted: true,
  }),
};
