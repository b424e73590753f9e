import { serverHost } from '../address-types';
import { settingIn } from '../setting';
import { backlog, flag, port, replicaCount, requestTimeout, workerCount } from '../value-types';
import { httpTls } from './tls';

const setting = settingIn('http');

export const http = {
  enabled: setting({ type: flag, default: true, example: false, planned: true }),
  /** Absent: the address that the service requests, or loopback. */
  host: setting({
    type: serverHost,
    default: '',
    example: '::1',
    restricted: true,
    parameter: 'host',
    planned: true,
  }),
  /** Absent: the port that the service requests, or a free one from 3000 on, which the bento keeps. */
  port: setting({ type: port, default: null, example: 8080, parameter: 'port' }),
  /** The number of containers or pods. Absent: one; a cluster keeps its current number. */
  replicas: setting({ type: replicaCount, default: null, example: 2 }),
  apiWorkers: setting({
    type: workerCount,
    default: null,
    example: 2,
    parameter: 'api_workers',
    planned: true,
  }),
  timeout: setting({
    type: requestTimeout,
    default: null,
    example: 120,
    parameter: 'timeout',
    planned: true,
  }),
  backlog: setting({
    type: backlog,
    default: null,
    example: 4096,
    parameter: 'backlog',
    planned: true,
  }),
  keepAliveTimeout: setting({
    type: requestTimeout,
    default: null,
    example: 30,
    since: '1.2',
    parameter: 'timeout_keep_alive',
    planned: true,
  }),
  gracefulShutdownTimeout: setting({
    type: requestTimeout,
    default: null,
    example: 5,
    since: '1.2',
    parameter: 'timeout_graceful_shutdown',
    planned: true,
  }),
  tls: httpTls,
};
