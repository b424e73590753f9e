import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';
import { readSmallFile, UnreadableFileError } from '../../read-small-file';
import { debugArchive } from '../containers/container-plan';
import { secretsAnnotation } from './annotations';
import type { ClusterObject } from './client/cluster-changes';
import { withPodMetadata, type ClusterResources } from './cluster-resources';
import type { Manifest } from './manifests';

/** A Secret with its values. It is only ever in memory. */
export interface Secret extends ClusterObject {
  readonly type: 'Opaque';
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Returns the Secrets that the manifests refer to.
 * @param secrets the values of the plan's secret variables and of the variables of its files
 * @throws ServeError `tls` if a file cannot be read
 */
export async function secretsOf(
  { labels, variables, tls }: ClusterResources,
  secrets: Readonly<Record<string, string>>,
): Promise<readonly Secret[]> {
  const all: Secret[] = [];
  if (variables !== undefined) {
    const data = variables.names.map(
      (name) => [name, base64(Buffer.from(secrets[name] ?? ''))] as const,
    );
    all.push(secret(variables.name, labels, Object.fromEntries(data)));
  }
  if (tls !== undefined) {
    const data: Record<string, string> = {};
    for (const [name, file] of Object.entries(tls.files)) data[name] = base64(await read(file));
    all.push(secret(tls.name, labels, data));
  }
  return all;
}

/** Returns the Secret with what debugged workers need. Nothing else refers to it. @throws if the file cannot be read */
export async function debugSecretOf({
  labels,
  debug,
}: ClusterResources): Promise<ClusterObject | undefined> {
  if (debug === undefined) return undefined;
  const content = base64(await readFile(debug.file));
  return secret(debug.name, labels, { [path.posix.basename(debugArchive)]: content });
}

/** Annotates the pods with the versions of their Secrets: pods do not see changes of their variables. */
export function withSecretVersions(
  manifests: readonly Manifest[],
  versions: readonly string[],
): readonly Manifest[] {
  if (versions.length === 0) return manifests;
  const annotations = { [secretsAnnotation]: versions.join(' ') };
  return manifests.map((one) =>
    one.kind === 'Deployment' ? withPodMetadata(one, { annotations }) : one,
  );
}

const secret = (
  name: string,
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>>,
): Secret => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data },
  metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'serve-bento', ...labels } },
});

const base64 = (content: Buffer): string => content.toString('base64');

async function read(file: string): Promise<Buffer> {
  try {
    return await readSmallFile(file);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    const texts = problemTexts(say('tlsFileUnreadable', { file, what: error.what }));
    throw new ServeError({ code: 'tls', file, ...texts }, { cause: error });
  }
}
