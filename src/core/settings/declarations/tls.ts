import { serverName } from '../address-types';
import { settingIn } from '../setting';
import { choice, cipherList, path } from '../value-types';

const setting = settingIn('tls');

const certificate = {
  /** Absent: the server does not use TLS. */
  certFile: setting({
    type: path,
    default: '',
    example: 'certs/localhost.pem',
    restricted: true,
    parameter: 'ssl_certfile',
  }),
  /** Absent: `certFile` contains the key too. */
  keyFile: setting({
    type: path,
    default: '',
    example: 'certs/localhost-key.pem',
    restricted: true,
    parameter: 'ssl_keyfile',
  }),
  /** Verifies clients' certificates and the server's own. */
  caFile: setting({
    type: path,
    default: '',
    example: 'certs/ca.pem',
    restricted: true,
    parameter: 'ssl_ca_certs',
    planned: true,
  }),
};

const probes = {
  /** Absent: clients use the host. */
  serverName: setting({
    type: serverName,
    default: '',
    example: 'api.example.com',
    restricted: true,
  }),
  /** Absent: probes present the server's own certificate. */
  clientCertFile: setting({
    type: path,
    default: '',
    example: 'certs/client.pem',
    restricted: true,
  }),
  clientKeyFile: setting({
    type: path,
    default: '',
    example: 'certs/client-key.pem',
    restricted: true,
  }),
};

export const httpTls = {
  ...certificate,
  clientCertificates: setting({
    type: choice(['none', 'optional', 'required']),
    default: 'none',
    example: 'required',
    restricted: true,
    parameter: 'ssl_cert_reqs',
    planned: true,
  }),
  version: setting({
    type: choice(['auto', 'TLSv1.2', 'TLSv1.1', 'TLSv1']),
    default: 'auto',
    example: 'TLSv1.2',
    restricted: true,
    parameter: 'ssl_version',
    planned: true,
  }),
  ciphers: setting({
    type: cipherList,
    default: '',
    example: 'ECDHE+AESGCM:ECDHE+CHACHA20',
    restricted: true,
    parameter: 'ssl_ciphers',
    planned: true,
  }),
  ...probes,
};

/** With `caFile`, every client must present a certificate. */
export const grpcTls = { ...certificate, ...probes };
