import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';
import type { ComposeClient } from './client/compose-client';
import type { Container } from './client/container';
import { composeFileNames, ownerFileName } from './compose-resources';

/** The time limit for new containers to start, and for superfluous ones to stop. */
const startMs = 120_000;

const ownerFile = z.object({
  services: z.record(
    z.string(),
    z.object({ environment: z.record(z.string(), z.string()).default({}) }),
  ),
});

const inspected = z.object({ Config: z.object({ Env: z.array(z.string()) }) });

export interface ScaleRequest {
  readonly client: ComposeClient;
  /** The folder with the files of the last apply. */
  readonly folder: string;
  /** The containers of the service. */
  readonly containers: readonly Container[];
  readonly service: string;
  readonly count: number;
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Changes the number of containers of a service. New ones get the same values of variables as the
 * present ones, even in a window that has not served the bento.
 * @throws ServeError `engine-rejected` if the files are not those of the containers
 */
export async function scaleService({
  client,
  folder,
  containers,
  service,
  count,
  graceMs,
  signal,
}: ScaleRequest): Promise<void> {
  const files = composeFileNames.map((name) => path.join(folder, name));
  const [first] = containers;
  if (first === undefined || !(await exist(files))) throw noFiles();
  const environment = await environmentOf(client, first, signal);
  const variables = await variablesIn(path.join(folder, ownerFileName), service, environment);
  if (variables === undefined) throw noFiles();
  const own = client.with({ files, variables });
  const hash = first.labels[configHashLabel];
  const described = (await own.hashes(signal))?.get(service);
  // Otherwise the new containers would differ from the present ones.
  if (hash !== undefined && described !== undefined && hash !== described) throw noFiles();
  await own.scale(service, count, { signal, timeoutMs: startMs + graceMs });
}

/** The hash of the service that a container was created from. */
export const configHashLabel = 'com.docker.compose.config-hash';

async function exist(files: readonly string[]): Promise<boolean> {
  const found = await Promise.allSettled(files.map((file) => access(file)));
  return found.every(({ status }) => status === 'fulfilled');
}

async function environmentOf(
  client: ComposeClient,
  { id }: Container,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const [json] = await client.inspect([id], signal);
  const { data } = inspected.safeParse(json);
  return new Map(
    (data?.Config.Env ?? []).map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}

/** Returns the values of the Compose variables that a service uses. Returns undefined if a value is not known. */
async function variablesIn(
  file: string,
  service: string,
  environment: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { data } = ownerFile.safeParse(parse(await readFile(file, 'utf8')));
  const own = data?.services[service];
  if (own === undefined) return undefined;
  const pairs = Object.entries(own.environment).flatMap(([name, reference]) => {
    const variable = /^\$\{(\w+)\}$/.exec(reference)?.[1];
    return variable === undefined ? [] : [[variable, environment.get(name)] as const];
  });
  return pairs.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(pairs) as Record<string, string>);
}

const noFiles = (): ServeError =>
  new ServeError({ code: 'engine-rejected', ...problemTexts(say('scaleNeedsFiles')) });
