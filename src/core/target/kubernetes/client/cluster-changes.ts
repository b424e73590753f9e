import * as z from 'zod';
import { forEachLimit } from '../../../discovery/files/for-each-limit';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import { ServeError } from '../../../problem';
import { ownerLabel } from '../../containers/labels';
import { generationsIn } from './commands';
import type { Kubectl } from './kubectl';
import { appliedKinds, selectorOf, type ResourceKind, type ResourcePaths } from './resource-paths';

/** An object as it is sent to the cluster. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

const fieldManager = 'serve-bento';
const applySeconds = 120;
const deletionsAtOnce = 4;

const listed = z.object({
  items: z.array(
    z.object({
      kind: z.string().catch(''),
      metadata: z.object({
        uid: z.string(),
        name: z.string(),
        labels: z.record(z.string(), z.string()).catch({}),
        deletionTimestamp: z.string().optional(),
      }),
    }),
  ),
});

const anyList = z.object({ items: z.array(z.looseObject({})) });

/** One object, or a list of several. */
const answered = z.union([
  z.looseObject({ items: z.array(z.unknown()) }).transform(({ items }) => items),
  z.looseObject({}).transform((one) => [one]),
]);

/** Changes the objects of one owner in the cluster, and those of nobody else. */
export class ClusterChanges {
  readonly #kubectl: Kubectl;
  readonly #paths: ResourcePaths;
  readonly #labels: Readonly<Record<string, string>>;

  /** @param labels the labels of the owner, which all objects have */
  constructor(kubectl: Kubectl, paths: ResourcePaths, labels: Readonly<Record<string, string>>) {
    this.#kubectl = kubectl;
    this.#paths = paths;
    this.#labels = labels;
  }

  /** @throws ServeError `engine-conflict` if an object with the same name has another owner */
  async assertOwn(objects: readonly ClusterObject[], signal: AbortSignal): Promise<void> {
    const args = ['get', '--filename=-', '--ignore-not-found', '--output=json'];
    const output = await this.#kubectl.query(args, { signal, input: inputOf(objects) });
    if (output.trim() === '') return;
    const { data } = listed.safeParse(JSON.parse(output));
    const owner = this.#labels[ownerLabel];
    const foreign = data?.items.find(({ metadata }) => metadata.labels[ownerLabel] !== owner);
    if (foreign === undefined) return;
    const { namespace } = this.#kubectl.place;
    const object = `${foreign.kind} ${foreign.metadata.name}`;
    throw new ServeError({
      code: 'engine-conflict',
      ...problemTexts(
        say('clusterObjectOfAnother', { namespace, object }),
        say('clusterObjectOfAnotherSummary', { object }),
      ),
    });
  }

  /**
   * Applies the objects, which go through standard input only. Returns the generations of the Deployments among them by
   * their names.
   */
  async apply(
    objects: readonly ClusterObject[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number>> {
    const line = '{.metadata.name} {.metadata.generation}{"\\n"}';
    const output = `{range .items[?(@.kind=="Deployment")]}${line}{end}`;
    return generationsIn(await this.#apply(objects, output, signal));
  }

  /** Applies one object. Returns a text that changes whenever the object does. */
  async applyOne(object: ClusterObject, signal: AbortSignal): Promise<string> {
    return this.#apply([object], '{.metadata.uid}/{.metadata.resourceVersion}', signal);
  }

  async #apply(
    objects: readonly ClusterObject[],
    output: string,
    signal: AbortSignal,
  ): Promise<string> {
    const args = ['apply', '--server-side', `--field-manager=${fieldManager}`, '--filename=-'];
    return this.#kubectl.query([...args, `--output=jsonpath=${output}`], {
      ...{ signal, input: inputOf(objects), timeoutMs: 1_000 * applySeconds },
    });
  }

  /** Returns the objects as the cluster would have them after `apply`. Nothing is changed. */
  async dryRun(
    objects: readonly ClusterObject[],
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const args = ['apply', '--server-side', '--dry-run=server', `--field-manager=${fieldManager}`];
    const output = await this.#kubectl.query([...args, '--filename=-', '--output=json'], {
      ...{ signal, input: inputOf(objects), timeoutMs: 1_000 * applySeconds },
    });
    const { data } = answered.safeParse(jsonIn(output));
    return data ?? [];
  }

  /** Returns the objects of the owner, each with its kind. */
  async live(signal: AbortSignal): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    for (const { kind, api, resource } of appliedKinds) {
      const apiVersion = api.replace(/^apis?\//, '');
      const { items } = anyList.parse(await this.#list({ api, resource }, signal));
      all.push(...items.map((item) => ({ apiVersion, kind, ...item })));
    }
    return all;
  }

  /** Deletes all objects of the owner, except those to keep. @param kept see `keyOf` */
  async delete(signal: AbortSignal, kept: ReadonlySet<string> = new Set()): Promise<void> {
    for (const kind of appliedKinds) {
      const own = await this.#own(kind, signal);
      const superfluous = own.filter(({ name }) => !kept.has(keyOf(kind.kind, name)));
      await forEachLimit(superfluous, deletionsAtOnce, async ({ name, uid }) =>
        this.#deleteOne(kind, name, uid, signal),
      );
    }
  }

  async #own(
    kind: ResourceKind,
    signal: AbortSignal,
  ): Promise<readonly { readonly name: string; readonly uid: string }[]> {
    return listed
      .parse(await this.#list(kind, signal))
      .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata: { name, uid } }) => ({ name, uid }));
  }

  async #list(kind: ResourceKind, signal: AbortSignal): Promise<unknown> {
    const path = this.#paths.list(kind, { labelSelector: selectorOf(this.#labels) });
    return JSON.parse(await this.#kubectl.query(['get', `--raw=${path}`], { signal }));
  }

  /** The uid makes sure that nothing is deleted that somebody has created with the same name meanwhile. */
  async #deleteOne(
    kind: ResourceKind,
    name: string,
    uid: string,
    signal: AbortSignal,
  ): Promise<void> {
    const path = this.#paths.object(kind, name);
    const input = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      preconditions: { uid },
    });
    const args = ['delete', `--raw=${path}`, '--filename=-'];
    const result = await this.#kubectl.attempt(args, { signal, input });
    const isGone = /\((?:NotFound|Conflict)\)/.test(result.stderr);
    if (result.failed && !isGone) throw this.#kubectl.failure(result);
  }
}

/** Identifies an object among those of the owner. */
export const keyOf = (kind: string, name: string): string => `${kind}/${name}`;

const inputOf = (items: readonly ClusterObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
