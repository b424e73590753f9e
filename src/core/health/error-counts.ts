import type { Counter } from './counter-file';
import type { CounterFiles, ReadingAge } from './counter-files';

/** How many requests the workers of a component answered with 5xx. */
export class ErrorCounts {
  readonly #files: Pick<CounterFiles, 'read'>;
  readonly #isCounted: (counter: Counter) => boolean;

  /** `isCounted`: whether a counter is one of `isErrorCounter` of this component. */
  constructor(files: Pick<CounterFiles, 'read'>, isCounted: (counter: Counter) => boolean) {
    this.#files = files;
    this.#isCounted = isCounted;
  }

  /** Goes down only when the workers start anew; nothing when it cannot be known. */
  async total(age: ReadingAge): Promise<number | undefined> {
    try {
      const counters = await this.#files.read(age);
      return counters
        .filter(this.#isCounted)
        .reduce((sum, { value }) => (Number.isFinite(value) ? sum + value : sum), 0);
    } catch {
      return undefined;
    }
  }
}

/** What a component's counters are told by. */
export interface CountedComponent {
  /** As BentoML calls it; undefined of the server that people ask, whose counters have any other name or none. */
  readonly name: string | undefined;
  /** The names of all other components of the bento. */
  readonly others: readonly string[];
  /** A probe that says "not ready" is no error. */
  readonly probePaths: readonly string[];
}

/** Whatever its prefix: the configuration of a service may set another. */
export const isErrorCounter =
  ({ name: component, others, probePaths }: CountedComponent) =>
  ({ name, labels }: Counter): boolean => {
    const { http_response_code: status, endpoint, runner_name: runner } = labels;
    if (!name.endsWith('_request_total') || status === undefined || endpoint === undefined) {
      return false;
    }
    if (!/^5\d\d$/.test(status) || probePaths.includes(endpoint)) return false;
    return component === undefined
      ? runner === undefined || !others.includes(runner)
      : runner === component;
  };
