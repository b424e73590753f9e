import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Plan } from './plan';
import type { StoredPlans } from './stored-plans';

/** Older ones are forgotten: a plan is asked for again within a second. */
const limit = 50;

interface KeptPlan {
  readonly plan: Plan;
  readonly digest: string;
  readonly lasting: PlanIdentity | undefined;
}

/** Identifies a plan across windows. */
export interface PlanIdentity {
  /** The request, without what differs between sessions of the user. */
  readonly asked: unknown;
  /** Values that must not be written to disk. */
  readonly secrets: readonly string[];
}

type Store = Pick<StoredPlans, 'read' | 'write' | 'remove'>;

/**
 * Caches plans of this window and of earlier ones, so that a bento is served again without importing it first. A cached
 * plan is used only for the same request, and only while the files that it was made from are unchanged. A plan of an
 * earlier window is unverified until BentoML has confirmed it. A plan that contains secrets is kept in memory only.
 */
export class PlanCache {
  readonly #plans = new Map<string, KeptPlan>();
  readonly #store: () => Promise<Store | undefined>;
  readonly #unverified = new WeakSet<Plan>();

  /** @param store the plans of earlier windows; by default there are none */
  constructor(store: () => Promise<Store | undefined> = () => Promise.resolve(undefined)) {
    this.#store = store;
  }

  /** @param lasting identifies the plan in the next window; by default it is not stored */
  async planFor(asked: unknown, ask: () => Promise<Plan>, lasting?: PlanIdentity): Promise<Plan> {
    const key = keyOf(asked);
    const kept = this.#plans.get(key) ?? (await this.#stored(key, lasting));
    if (kept !== undefined) {
      if ((await digest(kept.plan.sources ?? [])) === kept.digest) return kept.plan;
      this.#plans.delete(key);
    }
    const plan = await ask();
    if (plan.sources !== undefined) {
      await this.#keep(key, plan, lasting);
      const [oldest] = this.#plans.keys();
      if (this.#plans.size > limit && oldest !== undefined) this.#plans.delete(oldest);
    }
    return plan;
  }

  /** Whether the plan is from an earlier window and BentoML has not confirmed it yet. */
  isUnverified(plan: Plan): boolean {
    return this.#unverified.has(plan);
  }

  /** Replaces a plan after BentoML has been asked again. */
  async renew(before: Plan, plan: Plan): Promise<void> {
    this.#unverified.delete(before);
    for (const [key, kept] of this.#plans) {
      if (kept.plan === before) await this.#keep(key, plan, kept.lasting);
    }
  }

  /** Removes a plan that did not lead to a running bento. */
  forget(plan: Plan): void {
    for (const [key, kept] of this.#plans) {
      if (kept.plan !== plan) continue;
      this.#plans.delete(key);
      if (kept.lasting !== undefined) void this.#remove(keyOf(kept.lasting.asked));
    }
  }

  async #stored(key: string, lasting: PlanIdentity | undefined): Promise<KeptPlan | undefined> {
    const stored = lasting && (await (await this.#store())?.read(keyOf(lasting.asked)));
    if (stored === undefined) return undefined;
    const kept = { ...stored, lasting };
    this.#plans.set(key, kept);
    this.#unverified.add(kept.plan);
    return kept;
  }

  async #remove(place: string): Promise<void> {
    await (await this.#store())?.remove(place);
  }

  async #keep(key: string, plan: Plan, lasting: PlanIdentity | undefined): Promise<void> {
    const place = lasting && keyOf(lasting.asked);
    if (plan.sources === undefined) {
      this.#plans.delete(key);
      if (place !== undefined) await this.#remove(place);
      return;
    }
    const kept = { plan, digest: await digest(plan.sources), lasting };
    this.#plans.set(key, kept);
    if (place === undefined) return;
    const written = this.#store().then((store) =>
      store?.write(place, kept, lasting?.secrets ?? []),
    );
    written.catch(() => undefined);
  }
}

const keyOf = (asked: unknown): string => sha256(JSON.stringify(asked));

async function digest(files: readonly string[]): Promise<string> {
  const contents = await Promise.all(
    files.map(async (file) => `${file} ${await contentDigest(file)}`),
  );
  return sha256(contents.join('\n'));
}

async function contentDigest(file: string): Promise<string> {
  try {
    return sha256(await readFile(file));
  } catch {
    return 'missing';
  }
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
