/** The limits for the evaluation of one module. A result beyond them is unknown. */
export const stepsLimit = 20_000;
const depthLimit = 200;
const callsLimit = 16;

/** Counts the steps of an evaluation, so that it ends for any source code. */
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

  /** Whether one more function call may be nested in the present ones. */
  get allowsCall(): boolean {
    return this.#calls < callsLimit;
  }

  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Evaluates one step, one level deeper. Returns undefined if the steps or levels are used up. */
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
