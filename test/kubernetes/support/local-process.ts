import { stringify } from 'yaml';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Namespace } from './namespace';

/** The process of this machine that stands in for a pod's container. */
export interface LocalProcess {
  /** The port that it listens on at 127.0.0.1. */
  readonly port: number;
  /** Its output, as lines of `containerLog`. */
  readonly logsFile: string;
  /** The output of the container before it. */
  readonly previousLogsFile?: string;
}

/** Makes logs, forwarded ports and commands of a pod real: they reach a process of this machine. */
export async function pointAt(
  namespace: Pick<Namespace, 'kubectl'>,
  pod: string,
  { port, logsFile, previousLogsFile }: LocalProcess,
): Promise<void> {
  const kwok = (kind: string, spec: object): object => ({
    ...{ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata: { name: pod } },
    spec,
  });
  const previous = previousLogsFile === undefined ? {} : { previousLogsFile };
  const objects = [
    kwok('PortForward', { forwards: [{ target: { address: '127.0.0.1', port } }] }),
    kwok('Logs', { logs: [{ logsFile, follow: true, ...previous }] }),
    kwok('Exec', { execs: [{ local: {} }] }),
  ];
  const file = path.join(path.dirname(logsFile), `${pod}.yaml`);
  await writeFile(file, objects.map((one) => stringify(one)).join('---\n'));
  await namespace.kubectl('apply', '--server-side', '-f', file);
}

/** Returns lines as container runtimes write them into the log of a container. */
export const containerLog = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${new Date().toISOString()} stdout F ${line}\n`)
    .join('');
