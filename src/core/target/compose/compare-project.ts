import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { say, type Message } from '../../messages/message';
import { mask } from '../containers/masked-variables';
import type { Comparison } from '../target';
import type { ComposeClient } from './client/compose-client';
import type { Container } from './client/container';
import { composeFileNames, type ComposeResources } from './compose-resources';
import { configHashLabel } from './scale-service';

export interface CompareRequest {
  /** A client that knows the values of the secret variables. */
  readonly client: ComposeClient;
  readonly resources: ComposeResources;
  /** The folder with the files of the last apply. */
  readonly folder: string;
  readonly containers: readonly Container[];
  readonly signal: AbortSignal;
}

/**
 * Compares the Compose files of the last apply with those of the next one. Compose's own hashes show
 * whether containers differ from these files.
 */
export async function compareProject({
  client,
  resources,
  folder,
  containers,
  signal,
}: CompareRequest): Promise<Comparison> {
  const before = await readFiles(folder);
  const planned = textOf((name) => resources.files[name] ?? '');
  const running = before === undefined ? '' : textOf((name) => before[name] ?? '');
  const now = await hashesOf(client, resources, folder, signal);
  const applied = before && (await client.with(filesIn(folder)).hashes(signal));
  return {
    ...{ running, planned },
    notes: [
      ...(before === undefined ? [say('composeFilesMissing')] : []),
      ...replaced(containers, now, applied),
    ],
  };
}

/** Names services whose containers would be replaced for reasons that the files do not show. */
function replaced(
  containers: readonly Container[],
  now: ReadonlyMap<string, string> | undefined,
  applied: ReadonlyMap<string, string> | undefined,
): readonly Message[] {
  if (now === undefined) return [say('composeHashesUnknown')];
  const hidden = new Set<string>();
  for (const { service, labels } of containers) {
    const hash = labels[configHashLabel];
    const isReplaced = hash !== undefined && hash !== now.get(service);
    if (isReplaced && hash !== applied?.get(service)) hidden.add(service);
  }
  const services = [...hidden].sort().join(', ');
  return services === '' ? [] : [say('composeReplaced', { services })];
}

async function readFiles(folder: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const texts = await Promise.all(
      composeFileNames.map((name) => readFile(path.join(folder, name), 'utf8')),
    );
    return Object.fromEntries(composeFileNames.map((name, index) => [name, texts[index] ?? '']));
  } catch {
    return undefined;
  }
}

/** The values of secret variables are in no file; neither are the names that Compose uses for them. */
const textOf = (read: (name: string) => string): string =>
  composeFileNames
    .map((name) => read(name).replaceAll(/\$\{SERVE_BENTO_SECRET_\d+\}/g, mask))
    .join('---\n');

const filesIn = (folder: string): { files: readonly string[] } => ({
  files: composeFileNames.map((name) => path.join(folder, name)),
});

/** Returns the hashes that the services of the next apply will have. Its files are written and removed again. */
async function hashesOf(
  client: ComposeClient,
  { files }: ComposeResources,
  folder: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  const own = await mkdtemp(`${folder}-compared-`);
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(own, name), text, { mode: 0o600 });
    }
    return await client.with(filesIn(own)).hashes(signal);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
