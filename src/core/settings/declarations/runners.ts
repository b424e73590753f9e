import { host, optionalRemoteAddress } from '../address-types';
import { field, settingIn } from '../setting';
import { componentObjects } from '../table-types';
import { backlog, choice, port, replicaCount, requestTimeout, workerCount } from '../value-types';
import { say } from '../../messages/message';

const setting = settingIn('runners');

/** The fields of one runner or dependency service. */
export const runnerFields = {
  /** Present: the component runs there already, and is watched instead of started. */
  remote: field({
    type: optionalRemoteAddress,
    example: 'tcp://10.0.0.5:3000',
    planned: true,
  }),
  /** Absent: a Unix socket, or loopback where a port is needed. */
  host: field({ type: host, example: '127.0.0.1', parameter: 'host' }),
  port: field({ type: port, example: 9000, parameter: 'port' }),
  workers: field({ type: workerCount, example: 2, planned: true }),
  replicas: field({ type: replicaCount, example: 2 }),
  timeout: field({ type: requestTimeout, example: 60, parameter: 'timeout', planned: true }),
  backlog: field({ type: backlog, example: 4096, parameter: 'backlog', planned: true }),
};

export const runners = {
  /** By the names of runners, and of the services that a class service depends on. */
  runners: setting({
    type: componentObjects(runnerFields, say('namesOfRunners')),
    default: {},
    example: { upper: { workers: 2, timeout: 60 } },
    restricted: true,
    planned: true,
  }),
  /** How runners and dependency services are reached. */
  internalTransport: setting({
    type: choice(['auto', 'unix', 'tcp']),
    default: 'auto',
    example: 'tcp',
    restricted: true,
  }),
};
