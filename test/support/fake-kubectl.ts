import type { Run, RunOptions, RunResult } from '../../src/core/programs/run';
import { Kubectl } from '../../src/core/target/kubernetes/client/kubectl';

export const ended = (exitCode: number, stdout = '', stderr = ''): RunResult => ({
  ...{ stdout, stderr, exitCode, signal: null, failed: exitCode !== 0 },
  ...{ timedOut: false, cancelled: false, flooded: false },
});

export interface KubectlCall {
  /** Without the context, the namespace and the time limit. */
  readonly args: readonly string[];
  readonly options: RunOptions;
  /** Lets it write to its standard output. */
  readonly write: (text: string) => void;
  /** Ends it. */
  readonly end: (result: RunResult) => void;
  isRunning: boolean;
}

/**
 * A kubectl that tests make answer. A real one cannot be made to fail at a certain moment of a watch, and the order of
 * two answers cannot be chosen.
 */
export class FakeKubectl {
  readonly calls: KubectlCall[] = [];
  /** Answers a call at once. Calls without an answer run until the test ends them. */
  answer: (args: readonly string[], input: string | undefined) => RunResult | undefined = () =>
    undefined;

  readonly run: Run = (_file, all, options) => {
    const args = all.filter((one) => !/^--(?:context|namespace|request-timeout)=/.test(one));
    return new Promise((resolve) => {
      const end = (result: RunResult): void => {
        call.isRunning = false;
        if (options.onOutput !== undefined && result.stderr !== '') {
          options.onOutput(result.stderr, 'stderr');
        }
        resolve(result);
      };
      const write = (text: string): void => options.onOutput?.(text, 'stdout');
      const call: KubectlCall = { args, options, write, end, isRunning: true };
      this.calls.push(call);
      const abort = (): void => end({ ...ended(1), cancelled: true, exitCode: null });
      options.signal?.addEventListener('abort', abort);
      if (options.signal?.aborted === true) abort();
      const answer = this.answer(args, options.input);
      if (answer !== undefined) end(answer);
    });
  };

  kubectl(): Kubectl {
    const place = { context: 'dev', namespace: 'team' };
    const program = { file: '/bin/kubectl', version: '1.32.0' };
    return new Kubectl({ run: this.run, program, env: { PATH: '/bin' }, cwd: '/', place });
  }

  /** The calls that are running and whose arguments match. */
  running(pattern: RegExp): readonly KubectlCall[] {
    return this.calls.filter(({ isRunning, args }) => isRunning && pattern.test(args.join(' ')));
  }

  count(pattern: RegExp): number {
    return this.calls.filter(({ args }) => pattern.test(args.join(' '))).length;
  }
}
