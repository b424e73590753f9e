import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Plan } from './plan';

/** Older ones are forgotten: a plan is asked for again within a second. */
const limit = 50;

interface KeptPlan {
  readonly plan: Plan;
  readonly digest: string;
}

/**
 * Plans of this window, so that a bento served again starts without importing it first. Checked, not trusted: the key
 * holds everything that was asked, and the files that made the plan are read again. In memory only: plans may hold
 * values of the environment.
 */
export class PlanCache {
  readonly #plans = new Map<string, KeptPlan>();

  async planFor(asked: unknown, ask: () => Promise<Plan>): Promise<Plan> {
    const key = sha256(JSON.stringify(asked));
    const kept = this.#plans.get(key);
    if (kept !== undefined) {
      if ((await digest(kept.plan.sources ?? [])) === kept.digest) return kept.plan;
      this.#plans.delete(key);
    }
    const plan = await ask();
    if (plan.sources !== undefined) {
      this.#plans.set(key, { plan, digest: await digest(plan.sources) });
      const [oldest] = this.#plans.keys();
      if (this.#plans.size > limit && oldest !== undefined) this.#plans.delete(oldest);
    }
    return plan;
  }

  /** The files have changed, and the same question has this answer now. */
  async renew(before: Plan, plan: Plan): Promise<void> {
    const now = await digest(plan.sources ?? []);
    for (const [key, kept] of this.#plans) {
      if (kept.plan === before) this.#plans.set(key, { plan, digest: now });
    }
  }

  /** For a plan that did not lead to a running bento. */
  forget(plan: Plan): void {
    for (const [key, kept] of this.#plans) if (kept.plan === plan) this.#plans.delete(key);
  }
}

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
    return 'not there';
  }
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
