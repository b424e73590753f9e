import type { Component } from '../../core/model';
import { isAddress } from './component-title';

/** Where people reach it while it runs; short for a row: `:3000`, with its host where that is not the usual one. */
export function shortPlace(component: Component): string | undefined {
  const { host, port } = component;
  if (host === undefined || port === undefined || !isShown(component)) return undefined;
  return host === '127.0.0.1' ? `:${port}` : hostAndPort(host, port);
}

/** The same, whole. */
export function fullPlace(component: Component): string | undefined {
  const { host, port, url } = component;
  if (host === undefined || port === undefined || !isShown(component)) return undefined;
  return url ?? hostAndPort(host, port);
}

/** A watched address is the label of its row already. */
const isShown = (component: Component): boolean =>
  !isAddress(component) &&
  (component.state === 'starting' ||
    component.state === 'ready' ||
    component.state === 'unhealthy');

const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
