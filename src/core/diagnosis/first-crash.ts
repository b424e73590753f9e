import type { Clock } from '../clock';
import type { Problem } from '../model';

/** Processes that fall one after the other within this time fall for one reason. */
const togetherMs = 2000;

/** Of processes that fall together the first one tells why: the others often only miss it. */
export class FirstCrash {
  readonly #clock: Clock;
  #first: { readonly process: string; readonly problem: Problem; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The problem to show for the process that has ended now. */
  of(process: string, problem: Problem): Problem {
    const at = this.#clock.now();
    const first = this.#first;
    const isLater = first !== undefined && first.process !== process && at - first.at < togetherMs;
    if (isLater) return first.problem;
    this.#first = { process, problem, at };
    return problem;
  }
}
