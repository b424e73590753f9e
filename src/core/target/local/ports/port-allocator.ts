import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import getPort, { portNumbers } from 'get-port';
import type { BindSpec } from '../helper/process-host';
import { HelperRefusal } from '../helper/helper-connection';
import type { PortHolder } from '../helper/helper-messages';
import type { Problem } from '../../../model';
import { ServeError } from '../../../problem';
import type { StickyPorts, PortUse } from './sticky-ports';
import { foreignAddress } from './own-address';
import { firstPort, lastPort } from './port-range';
import { reasonOf } from '../../../system-error';
import { problemTexts, say, type Argument } from '../../../messages/message';

export interface PortSetting {
  /** Its full name, for messages: `serveBento.runners.upper.port`. */
  readonly name: string;
  /** What the settings editor opens for it: `serveBento.runners`. */
  readonly registered: string;
}

export interface PortRequest {
  readonly use: PortUse;
  readonly host: string;
  /** Configured: this one or an error. */
  readonly port?: number;
  /** The setting that decides the port. */
  readonly setting: PortSetting;
  /** What asks for the port, where that is not the setting. */
  readonly portSource?: string;
  readonly backlog?: number;
  /** False for servers that bind the port themselves; see `BindSpec.listen`. */
  readonly listen: boolean;
}

/** A port held for a component. */
export interface PortLease {
  readonly use: PortUse;
  readonly host: string;
  readonly port: number;
  /** The listening socket, to be inherited by the workers. */
  readonly fd: number;
  /** The configured port, when it is in use and another one is used instead. */
  readonly insteadOf?: number;
}

/** Whoever binds and holds the sockets: the helper. */
export interface PortBinder {
  bind(spec: BindSpec): Promise<{ fd: number; port: number }>;
  release(lease: string): Promise<void>;
}

/** A port that another program took between its release and the bind of its server. */
export interface StolenPort {
  readonly problem: Problem;
  /** Another one may be tried instead. */
  readonly automatic: boolean;
}

/** Another program can take a port between get-port's look and our bind. */
const tries = 20;

/** Leases the ports of one bento; the sockets are bound and held by its helper. */
export class PortAllocator {
  readonly #replacesTaken: boolean;
  readonly #bento: string;
  readonly #binder: PortBinder;
  readonly #kept: StickyPorts;
  /** Taken by others between our release and the server's bind. A start beside ours would collide on the next one, too. */
  readonly #contended = new Set<number>();
  readonly #leased = new Map<
    PortUse,
    { readonly request: PortRequest; readonly lease: PortLease }
  >();

  /** `replacesTaken`: a configured port that is taken is replaced by a free one, which is not remembered. */
  constructor(bento: string, binder: PortBinder, kept: StickyPorts, replacesTaken = false) {
    this.#replacesTaken = replacesTaken;
    this.#bento = bento;
    this.#binder = binder;
    this.#kept = kept;
  }

  /** What is held for the same request already, or a new one. @throws ServeError `port-in-use` when the configured port is taken, or none is free. */
  async lease(request: PortRequest): Promise<PortLease> {
    const held = this.#leased.get(request.use);
    if (held !== undefined && isDeepStrictEqual(held.request, request)) return held.lease;
    if (held !== undefined) await this.#release(request.use);
    const { port: configured } = request;
    if (configured !== undefined) {
      const lease = await this.#try(request, configured);
      if (!(lease instanceof HelperRefusal)) return lease;
      if (!this.#replacesTaken) throw refused(request, configured, lease);
    }
    const kept = configured === undefined ? this.#kept.get(this.#bento, request.use) : undefined;
    const others = new Set([...this.#kept.others(this.#bento), ...this.#contended]);
    const first = this.#contended.size === 0 ? firstPort : randomPort();
    for (let attempt = 0; attempt < tries; attempt++) {
      // The kept port is tried by binding: get-port would pass over one that it named a moment ago.
      const port =
        attempt === 0 && kept !== undefined && !others.has(kept)
          ? kept
          : await nextFree(request.host, others, first);
      const lease = await this.#try(request, port);
      if (lease instanceof HelperRefusal) {
        others.add(port);
        continue;
      }
      if (configured === undefined) this.#kept.set(this.#bento, request.use, port);
      return lease;
    }
    throw new ServeError({
      code: 'port-in-use',
      ...problemTexts(
        say('noFreePort', {
          ...{ use: request.use, first: firstPort, last: lastPort },
          setting: request.setting.name,
        }),
      ),
      setting: request.setting.registered,
    });
  }

  /**
   * Of a lease that was let go for its server, which failed with this problem: whether somebody else has the port, or
   * had it at that moment. BentoML's arbiter may exit with code 0 then, without a message.
   */
  async stolen(use: PortUse, failure?: Problem): Promise<StolenPort | undefined> {
    const leased = this.#leased.get(use);
    if (leased === undefined) return undefined;
    await this.#binder.release(use);
    const {
      request,
      lease: { port },
    } = leased;
    const automatic = request.port === undefined || this.#replacesTaken;
    const again = await this.#try(request, port);
    if (again instanceof HelperRefusal) {
      this.#contended.add(port);
      return { problem: refused(request, port, again).problem, automatic };
    }
    const mayBeStolen = failure?.code === 'port-in-use' || (automatic && failure?.exitCode === 0);
    if (failure === undefined || !mayBeStolen) return undefined;
    this.#contended.add(port);
    return { problem: failure, automatic };
  }

  /** The numbers of all leased ports. */
  get ports(): readonly number[] {
    return [...this.#leased.values()].map(({ lease }) => lease.port);
  }

  /**
   * Checks whether a configured port could be leased, and holds nothing.
   * @param own ports that will be free by then. @throws ServeError `port-in-use`
   */
  async check(request: PortRequest, own: readonly number[]): Promise<void> {
    const { port, use } = request;
    if (port === undefined || own.includes(port) || this.#replacesTaken) return;
    const lease = `check ${use}`;
    try {
      await this.#binder.bind(bindSpec(request, port, lease));
    } catch (error) {
      throw error instanceof HelperRefusal ? refused(request, port, error) : error;
    }
    await this.#binder.release(lease);
  }

  holds(use: PortUse): boolean {
    return this.#leased.has(use);
  }

  /** Lets all go but those of these uses. */
  async releaseAllBut(wanted: readonly PortUse[] = []): Promise<void> {
    const uses = [...this.#leased.keys()].filter((use) => !wanted.includes(use));
    await Promise.all(uses.map((use) => this.#release(use)));
  }

  async #release(use: PortUse): Promise<void> {
    this.#leased.delete(use);
    await this.#binder.release(use);
  }

  async #try(request: PortRequest, port: number): Promise<PortLease | HelperRefusal> {
    const { use, host } = request;
    try {
      const { fd } = await this.#binder.bind(bindSpec(request, port, use));
      const insteadOf = request.port === port ? undefined : request.port;
      const lease = { use, host, port, fd, ...(insteadOf === undefined ? {} : { insteadOf }) };
      this.#leased.set(use, { request, lease });
      return lease;
    } catch (error) {
      if (error instanceof HelperRefusal && error.code === 'EADDRINUSE') return error;
      throw error instanceof HelperRefusal ? refused(request, port, error) : error;
    }
  }
}

const bindSpec = (
  { host, listen, backlog }: PortRequest,
  port: number,
  lease: string,
): BindSpec => ({ lease, host, port, listen, ...(backlog === undefined ? {} : { backlog }) });

async function nextFree(
  host: string,
  exclude: ReadonlySet<number>,
  first: number,
): Promise<number> {
  return getPort({ host, port: portNumbers(first, lastPort), exclude: [...exclude] });
}

/** At least a hundred ports lie above it. */
const randomPort = (): number => randomInt(firstPort, lastPort - 100);

function refused(request: PortRequest, port: number, refusal: HelperRefusal): ServeError {
  const { portSource, host, use } = request;
  const setting = request.setting.name;
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const holder = holderOf(refusal.holder);
  const inUse = { port, use, holder };
  const reserved = { port, use };
  const texts: Partial<Record<string, ReturnType<typeof problemTexts>>> = {
    EADDRINUSE: problemTexts(
      portSource === undefined
        ? say('portInUse', { ...inUse, setting })
        : say('portInUseAsked', { ...inUse, source: portSource, setting }),
      say('portInUseSummary', inUse),
    ),
    EACCES: problemTexts(
      portSource === undefined
        ? say('portReserved', { ...reserved, setting })
        : say('portReservedAsked', { ...reserved, source: portSource, setting }),
      say('portReservedSummary', reserved),
    ),
    EADDRNOTAVAIL: problemTexts(foreignAddress(use, host, port)),
  };
  return new ServeError(
    {
      code: 'port-in-use',
      ...(texts[refusal.code] ??
        problemTexts(say('addressUnusable', { address, reason: reasonOf(refusal) }))),
      setting: request.setting.registered,
      ...(refusal.code === 'EADDRINUSE' && request.port !== undefined ? { port } : {}),
    },
    { cause: refusal },
  );
}

const holderOf = (holder: PortHolder | undefined): Argument =>
  holder === undefined ? say('anotherProgram') : `${holder.name} (pid ${holder.pid})`;
