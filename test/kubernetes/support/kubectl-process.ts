import { spawn } from 'node:child_process';
import { inject } from 'vitest';
import { until } from '../../support/until';
import type { Namespace } from './namespace';

/** A command of kubectl that runs until it is ended. */
export interface KubectlProcess {
  /** Waits for its output. */
  printed(expected: string | RegExp): Promise<RegExpMatchArray>;
  end(): Promise<void>;
}

export function running({ name }: Namespace, ...args: readonly string[]): KubectlProcess {
  const { env, kubectl } = inject('cluster');
  const child = spawn(kubectl, ['--namespace', name, ...args], { env });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return {
    printed: (expected) => until(`${String(expected)} in the output`, () => output.match(expected)),
    end: async () => {
      child.kill();
      await exited;
    },
  };
}
