import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { ServeError } from '../../../problem';
import { problemTexts, say, type Message } from '../../../messages/message';

/** Where a component is to listen. */
interface Place {
  readonly component: string;
  readonly host: string;
  readonly port?: number;
}

/**
 * Before anybody is asked whether a component may listen there: an address of another machine cannot be used anyway.
 * Looked up by binding a datagram socket, which nobody can connect to. @throws ServeError `port-in-use`
 */
export async function refuseForeignAddresses(places: readonly Place[]): Promise<void> {
  for (const { component, host, port } of places) {
    if (isIP(host) === 0 || (await isOwn(host))) continue;
    throw new ServeError({
      code: 'port-in-use',
      setting: hostSetting(component),
      ...problemTexts(foreignAddress(component, host, port)),
    });
  }
}

const hostSetting = (component: string): string =>
  component === 'http' || component === 'grpc'
    ? `serveBento.${component}.host`
    : 'serveBento.runners';

/** The words for an address that the system does not let a component bind. */
export function foreignAddress(component: string, host: string, port?: number): Message {
  const own = host.includes(':') ? `[${host}]` : host;
  const where = port === undefined ? host : `${own}:${port}`;
  return say('addressForeign', { address: where, component });
}

/** What fails for another reason is left to the start. */
function isOwn(host: string): Promise<boolean> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const end = (result: boolean): void => {
      socket.close();
      resolve(result);
    };
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'EADDRNOTAVAIL'));
    socket.bind({ address: host, port: 0, exclusive: true }, () => end(true));
  });
}
