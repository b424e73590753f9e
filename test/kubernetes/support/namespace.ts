import { afterEach, expect, inject } from 'vitest';
import { output, runProgram } from '../../../scripts/run-program.mts';

/** A namespace of the cluster for one test. */
export interface Namespace {
  readonly name: string;
  /** Runs a command of kubectl that has to succeed. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Runs a command of kubectl that has to fail, and returns its message. */
  refused(...args: readonly string[]): Promise<string>;
  /** Returns objects of these kinds, separated by commas. */
  objects(kinds: string): Promise<readonly KubernetesObject[]>;
}

/** The parts of objects that tests compare. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

let count = 0;

/** To be called once in a file, outside of its tests: deletes the namespaces of each test after it. */
export function testNamespaces(): (
  labels?: Readonly<Record<string, string>>,
) => Promise<Namespace> {
  const { env, kubectl: program } = inject('cluster');
  const made: string[] = [];
  afterEach(async () => {
    const names = made.splice(0);
    if (names.length === 0) return;
    await output(program, ['delete', 'namespace', '--wait=false', ...names], { env });
  });
  return async (labels = {}) => {
    const name = `test-${String(process.pid)}-${String(++count)}`;
    await output(program, ['create', 'namespace', name], { env });
    made.push(name);
    const kubectl = (...args: readonly string[]): Promise<string> =>
      output(program, ['--namespace', name, ...args], { env });
    const all = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    if (all.length > 0) await kubectl('label', 'namespace', name, ...all);
    // Pods can only be made once their account is there.
    await kubectl('wait', '--for=create', '--timeout=30s', 'serviceaccount/default');
    return {
      ...{ name, kubectl },
      refused: async (...args) => {
        const { code, stderr } = await runProgram(program, ['--namespace', name, ...args], { env });
        expect(code, stderr).not.toBe(0);
        return stderr;
      },
      objects: async (kinds) => {
        const text = await kubectl('get', kinds, '--output', 'json');
        return (JSON.parse(text) as { items: KubernetesObject[] }).items;
      },
    };
  };
}
