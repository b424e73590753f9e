import { settingIn } from '../setting';
import { choice, count, seconds } from '../value-types';

const setting = settingIn('health');

export const health = {
  /** Between two probes of a ready component. */
  interval: setting({ type: seconds(0.5, 300), default: 5, example: 10 }),
  /** For one probe. */
  timeout: setting({ type: seconds(0.1, 60), default: 2, example: 5 }),
  /** Failed probes in a row before a component is unhealthy. */
  failureThreshold: setting({ type: count(1, 100), default: 3, example: 5 }),
  onHang: setting({ type: choice(['notify', 'restart']), default: 'notify', example: 'restart' }),
};
