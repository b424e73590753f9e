import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { problemTexts, say } from '../../messages/message';
import { cancelled, ServeError } from '../../problem';
import { isInRegistry } from '../containers/image-reference';
import { findImage, toolOptions, type LocalImage, type ToolSearch } from './image-tool';
import { notPushed, pushFailure } from './push-failure';
import { isLoopback, registryName, type RegistryName } from './registry-names';

export interface PushRequest {
  /** The tag of the image on this machine: the one of the bento. */
  readonly tag: string;
  readonly image: LocalImage;
  readonly registry: string;
  /** Called when more layers are in the registry. */
  readonly onProgress: (layers: { readonly done: number; readonly all: number }) => void;
}

const shortMs = 30_000;
/** Models can be large, and connections slow. The user can cancel it. */
const pushMs = 7_200_000;
const digestPattern = /\bsha256:[a-f0-9]{64}\b/;
/** What Docker prints in the end. The progress of nerdctl has digests of layers and of the configuration, too. */
const pushedPattern = /^\S+: digest: (sha256:[a-f0-9]{64}) size: \d+/m;

/**
 * Pushes an image with the user's own program and its credentials. If the registry has the same image already,
 * nothing is pushed.
 * @returns the reference with the digest that the registry has
 * @throws ServeError why it was not pushed
 */
export async function pushImage(request: PushRequest, search: ToolSearch): Promise<string> {
  const { tag, registry, image } = request;
  const name = registryName(registry, tag);
  if (name === undefined) throw new ServeError(unusableTag(tag));
  const present = await inRegistry(image, name, search);
  if (present !== undefined) return present;
  await run(request, name, ['tag', tag, name.image], search);
  const digest =
    image.tool.name === 'podman'
      ? await pushByPodman(request, name, search)
      : pushedPattern.exec(await push(request, name, [], search))?.[1];
  const [other] = digest === undefined ? await digestsOf(name, search) : [];
  const reference = digest === undefined ? other : `${name.repository}@${digest}`;
  if (reference !== undefined && isInRegistry(reference)) return reference;
  const { message, summary, code } = notPushed(name.image, say('engineNoReason'));
  throw new ServeError({ code, ...problemTexts(message, summary) });
}

/** Returns the reference that the image got when it was pushed before, if the registry still has it. */
async function inRegistry(
  { tool, digests }: LocalImage,
  { repository }: RegistryName,
  search: ToolSearch,
): Promise<string | undefined> {
  for (const known of digests.filter((one) => isOf(repository, one))) {
    const options = { ...toolOptions(search), timeoutMs: shortMs };
    // Docker itself allows HTTP on loopback addresses, and this command only if asked to.
    const insecure = tool.name === 'docker' && isLoopback(known) ? ['--insecure'] : [];
    const args = ['manifest', 'inspect', ...insecure, known];
    const result = await search.run(tool.file, args, options);
    if (result.cancelled) throw cancelled();
    if (!result.failed) return known;
  }
  return undefined;
}

/** Podman compresses the layers while it pushes, so only the push knows the digest. */
async function pushByPodman(
  request: PushRequest,
  name: RegistryName,
  search: ToolSearch,
): Promise<string | undefined> {
  const file = path.join(search.cwd, `digest-${randomUUID()}`);
  try {
    await push(request, name, ['--digestfile', file], search);
    return digestPattern.exec(await readFile(file, 'utf8').catch(() => ''))?.[0];
  } finally {
    await rm(file, { force: true });
  }
}

/** nerdctl prints no digest. */
async function digestsOf(
  { image, repository }: RegistryName,
  search: ToolSearch,
): Promise<string[]> {
  const pushed = await findImage(image, search);
  return (pushed?.digests ?? []).filter((one) => isOf(repository, one));
}

const isOf = (repository: string, reference: string): boolean =>
  reference.startsWith(`${repository}@`) && isInRegistry(reference);

const push = (
  request: PushRequest,
  name: RegistryName,
  options: readonly string[],
  search: ToolSearch,
): Promise<string> => {
  const layers = new PushedLayers();
  const onOutput = (text: string): void => {
    if (layers.add(text)) request.onProgress(layers.counts);
  };
  return run(request, name, ['push', ...options, name.image], search, onOutput);
};

/** Runs the program to its end, and returns what it printed. @throws ServeError */
async function run(
  { image: { tool }, registry }: PushRequest,
  { image }: RegistryName,
  args: readonly string[],
  search: ToolSearch,
  onOutput?: (text: string) => void,
): Promise<string> {
  const timeoutMs = onOutput === undefined ? shortMs : pushMs;
  const printed = { stdout: '', stderr: '' };
  const result = await search.run(tool.file, args, {
    ...{ ...toolOptions(search), timeoutMs },
    onOutput: (text, stream) => {
      printed[stream] = (printed[stream] + text).slice(-20_000);
      onOutput?.(text);
    },
  });
  if (result.cancelled) throw cancelled();
  if (result.failed) {
    const facts = { program: tool.name, registry, image, timeoutMs };
    throw new ServeError(pushFailure(facts, { ...result, ...printed }));
  }
  return printed.stdout;
}

/** Counts layers in the lines `abc123: Preparing` and `abc123: Pushed` of Docker. Other programs print none. */
export class PushedLayers {
  readonly #done = new Map<string, boolean>();
  #rest = '';

  /** Returns whether the counts have changed. */
  add(text: string): boolean {
    const before = this.counts;
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-1_000);
    for (const line of lines) {
      const [, layer, state = ''] = /^([a-f0-9]{12}): (.+)$/.exec(line.trim()) ?? [];
      if (layer === undefined) continue;
      const isDone = /^(?:Pushed|Layer already exists|Mounted from)/.test(state);
      this.#done.set(layer, isDone || this.#done.get(layer) === true);
    }
    const { done, all } = this.counts;
    return done !== before.done || all !== before.all;
  }

  get counts(): { readonly done: number; readonly all: number } {
    const states = [...this.#done.values()];
    return { done: states.filter(Boolean).length, all: states.length };
  }
}

const unusableTag = (tag: string): ConstructorParameters<typeof ServeError>[0] => ({
  code: 'push-failed',
  ...problemTexts(say('tagNotPushed', { tag })),
});
