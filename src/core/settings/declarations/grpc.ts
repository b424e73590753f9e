import { serverHost } from '../address-types';
import { settingIn } from '../setting';
import {
  backlog,
  choice,
  flag,
  optionalCount,
  port,
  replicaCount,
  workerCount,
} from '../value-types';
import { grpcTls } from './tls';

const setting = settingIn('grpc');

export const grpc = {
  enabled: setting({ type: flag, default: false, example: true, planned: true }),
  /** Absent: the address that BentoML's configuration requests, or loopback. */
  host: setting({
    type: serverHost,
    default: '',
    example: '::1',
    restricted: true,
    parameter: 'host',
    planned: true,
  }),
  port: setting({ type: port, default: null, example: 50_051, parameter: 'port' }),
  metricsPort: setting({ type: port, default: null, example: 9090 }),
  reflection: setting({
    type: flag,
    default: false,
    example: true,
    parameter: 'reflection',
    planned: true,
  }),
  channelz: setting({
    type: flag,
    default: false,
    example: true,
    parameter: 'channelz',
    planned: true,
  }),
  /** The number of containers or pods. Absent: one; a cluster keeps its current number. */
  replicas: setting({ type: replicaCount, default: null, example: 2 }),
  apiWorkers: setting({
    type: workerCount,
    default: null,
    example: 2,
    parameter: 'api_workers',
    planned: true,
  }),
  /** For one connection. */
  maxConcurrentStreams: setting({
    type: optionalCount(1, 2_147_483_647),
    default: null,
    example: 100,
    parameter: 'max_concurrent_streams',
    planned: true,
  }),
  protocolVersion: setting({
    type: choice(['v1', 'v1alpha1']),
    default: 'v1',
    example: 'v1alpha1',
    parameter: 'protocol_version',
    planned: true,
  }),
  /** For the metrics server: BentoML itself binds the port for calls. */
  backlog: setting({
    type: backlog,
    default: null,
    example: 256,
    parameter: 'backlog',
    planned: true,
  }),
  tls: grpcTls,
};
