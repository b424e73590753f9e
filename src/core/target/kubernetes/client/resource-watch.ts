import * as z from 'zod';
import { ServeError } from '../../../problem';
import { JsonLines } from './json-lines';
import type { ClusterReader } from './cluster-reader';
import type { ResourceKind, ResourcePaths } from './resource-paths';

/** A page of a list. */
const page = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()),
});

const change = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({
    metadata: z
      .looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() })
      .optional(),
  }),
});

const pageSize = '500';
const listSeconds = 15;

export interface WatchedResource<T> {
  readonly kind: ResourceKind;
  readonly selector: string;
  /** Returns the few facts that are kept of an object. */
  readonly read: (object: unknown) => T | undefined;
}

/**
 * Keeps a copy of the selected objects: lists them, and then watches from the version of the list. It does what
 * Kubernetes calls a reflector.
 */
export class ResourceWatch<T extends { readonly uid: string }> {
  readonly #cluster: ClusterReader;
  readonly #paths: ResourcePaths;
  readonly #resource: WatchedResource<T>;
  readonly #onChange: () => void;
  #items = new Map<string, T>();
  #version: string | undefined;
  /** The cluster's `configuration` when the version was read. */
  #configuration = 0;

  constructor(
    cluster: ClusterReader,
    paths: ResourcePaths,
    resource: WatchedResource<T>,
    onChange: () => void,
  ) {
    this.#cluster = cluster;
    this.#paths = paths;
    this.#resource = resource;
    this.#onChange = onChange;
  }

  get items(): ReadonlyMap<string, T> {
    return this.#items;
  }

  /** Whether changes since the last list are known, so that a watch can continue. */
  get canContinue(): boolean {
    return this.#version !== undefined && this.#configuration === this.#cluster.configuration;
  }

  /** Replaces the copy by what the cluster has now. @throws ServeError */
  async list(signal: AbortSignal): Promise<void> {
    const { kind, selector, read } = this.#resource;
    this.#version = undefined;
    this.#configuration = this.#cluster.configuration;
    const items = new Map<string, T>();
    let next: string | undefined;
    let version: string;
    do {
      const query = { labelSelector: selector, limit: pageSize };
      const path = this.#paths.list(
        kind,
        next === undefined ? query : { ...query, continue: next },
      );
      const output = await this.#cluster.get(path, {
        ...{ signal, requestSeconds: listSeconds, timeoutMs: 2_000 * listSeconds },
      });
      const { metadata, items: found } = page.parse(JSON.parse(output));
      for (const one of found) {
        const item = read(one);
        if (item !== undefined) items.set(item.uid, item);
      }
      version = metadata.resourceVersion;
      next = metadata.continue === '' ? undefined : metadata.continue;
    } while (next !== undefined);
    this.#items = items;
    this.#version = version;
    this.#onChange();
  }

  /**
   * Follows the changes. Resolves when the server ends the watch, as it does after some minutes. Afterwards,
   * `canContinue` says whether `list` is needed.
   * @param onLife is called for each message of the server
   * @throws ServeError
   */
  async watch(onLife: () => void, signal: AbortSignal): Promise<void> {
    if (!this.canContinue) return;
    const { kind, selector } = this.#resource;
    const end = new AbortController();
    const path = this.#paths.list(kind, {
      ...{ labelSelector: selector, watch: '1', allowWatchBookmarks: 'true' },
      resourceVersion: this.#version ?? '',
    });
    const lines = new JsonLines((value) => this.#take(change.parse(value)));
    try {
      await this.#cluster.follow(path, {
        signal: AbortSignal.any([signal, end.signal]),
        onOutput: (text, stream) => {
          if (stream === 'stderr' || end.signal.aborted) return;
          try {
            lines.add(text);
            onLife();
          } catch {
            // The stream is damaged: only a new list is reliable.
            this.#version = undefined;
            end.abort();
          }
        },
      });
    } catch (error) {
      if (signal.aborted || !end.signal.aborted) {
        if (isGone(error)) this.#version = undefined;
        throw error;
      }
    }
  }

  #take({ type, object }: z.infer<typeof change>): void {
    if (type === 'ERROR') {
      // Other errors are temporary, but their meaning for the version is unknown: list again.
      this.#version = undefined;
      return;
    }
    this.#version = object.metadata?.resourceVersion ?? this.#version;
    if (type === 'BOOKMARK') return;
    const item = this.#resource.read(object);
    const uid = item?.uid ?? object.metadata?.uid;
    if (uid === undefined) return;
    if (type === 'DELETED' || item === undefined) {
      if (this.#items.delete(uid)) this.#onChange();
      return;
    }
    const before = this.#items.get(uid);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(item)) return;
    this.#items.set(uid, item);
    this.#onChange();
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof ServeError && /\((?:Expired|Gone)\)/.test(error.problem.detail ?? '');
