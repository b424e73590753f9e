import * as z from 'zod';
import { KeyedFiles } from '../keyed-files';
import type { Plan } from './plan';
import { plannedPlan } from './planner-line';
import { planOf } from './read-plan';

/** A plan, and the digest of the files that it was made from. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly digest: string;
}

const record = z.object({ digest: z.string(), workingDir: z.string(), plan: plannedPlan });

/** Stores the plans of a workspace on disk. */
export class StoredPlans {
  readonly #files: KeyedFiles;

  constructor(directory: string) {
    this.#files = new KeyedFiles({ directory, limit: 20 });
  }

  async read(key: string): Promise<StoredPlan | undefined> {
    const stored = record.safeParse(await this.#files.read(key));
    if (!stored.success) return undefined;
    const { digest, workingDir, plan } = stored.data;
    return { digest, plan: planOf(plan, { workingDir }) };
  }

  /** @param secrets a plan that contains one of these texts is not stored */
  async write(
    key: string,
    { plan, digest }: StoredPlan,
    secrets: readonly string[],
  ): Promise<void> {
    const { workingDir, unavailable, ...rest } = plan;
    const text = JSON.stringify({ digest, workingDir, plan: { type: 'plan', ...rest } });
    // A plan with problems is not stored: they may have been fixed by the next window.
    const fits = unavailable.length === 0 && !secrets.some((one) => text.includes(inJson(one)));
    await (fits ? this.#files.write(key, text) : this.#files.remove(key));
  }

  async remove(key: string): Promise<void> {
    await this.#files.remove(key);
  }
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
