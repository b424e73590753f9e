/** What the evaluation of one module may cost; what would cost more is unknown. */
export const stepsLimit = 20_000;
const depthLimit = 200;
const callsLimit = 16;

/** Counts the steps of an evaluation, so that it ends whatever the source says. */
export class EvaluationBudget {
  #steps = 0;
  #depth = 0;
  #calls = 0;

  /** The steps so far. */
  get steps(): number {
    return this.#steps;
  }

  get isSpent(): boolean {
    return this.#steps >= stepsLimit;
  }

  /** Whether the body of one more function may be evaluated inside the present ones. */
  get allowsCall(): boolean {
    return this.#calls < callsLimit;
  }

  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Takes one step a level deeper; undefined if the steps or the levels are used up. */
  deeper<T>(evaluate: () => T): T | undefined {
    if (this.isSpent || this.#depth >= depthLimit) return undefined;
    this.#steps++;
    this.#depth++;
    const result = evaluate();
    this.#depth--;
    return result;
  }

  /** Evaluates the body of a function. */
  inCall<T>(evaluate: () => T): T {
    this.#calls++;
    const result = evaluate();
    this.#calls--;
    return result;
  }
}
