import * as z from 'zod';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import { ServeError } from '../../../problem';
import { Kubectl, type KubectlParts } from './kubectl';
import type { ClusterPlace } from './kubectl-program';

export type ContextsParts = Omit<KubectlParts, 'place'>;

/** The output of `config view`, in which values of credentials are replaced. */
const configView = z.object({
  contexts: z.array(z.object({ context: z.object({ namespace: z.string().optional() }) })),
  clusters: z.array(z.object({ cluster: z.object({ server: z.string() }) })),
});

const whoami = z.object({
  status: z.object({ userInfo: z.object({ username: z.string() }) }),
});

export interface ContextDetails {
  /** The namespace that the context names, or else `default`. */
  readonly namespace: string;
  /** The path of the server's URL, which proxies of several clusters have: `/k8s/clusters/c-1`. */
  readonly pathPrefix: string;
}

/** Returns the names of the user's contexts. @throws ServeError `no-context` if there are none */
export async function contexts(
  parts: ContextsParts,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { run, program, env, cwd } = parts;
  // A command without a context: it only reads the configuration.
  const kubectl = new Kubectl({ run, program, env, cwd, place: { context: '', namespace: '' } });
  const output = await kubectl.query(['config', 'get-contexts', '--output=name'], { signal });
  const names = output.split('\n').filter((line) => line !== '');
  if (names.length > 0) return names;
  throw new ServeError({ code: 'no-context', ...problemTexts(say('noContexts')) });
}

/** Reads a context from the configuration. No cluster is asked. @throws ServeError `no-context` */
export async function contextDetails(
  parts: ContextsParts,
  context: string,
  signal?: AbortSignal,
): Promise<ContextDetails> {
  const kubectl = new Kubectl({ ...parts, place: { context, namespace: '' } });
  const output = await kubectl.query(['config', 'view', '--minify', '--output=json'], { signal });
  const { data } = configView.safeParse(jsonIn(output));
  const server = data?.clusters[0]?.cluster.server;
  if (data === undefined || server === undefined || !URL.canParse(server)) {
    throw new ServeError({
      code: 'no-context',
      ...problemTexts(say('noContext', { context }), say('noContextSummary', { context })),
    });
  }
  return {
    namespace: data.contexts[0]?.context.namespace ?? 'default',
    pathPrefix: new URL(server).pathname.replace(/\/+$/, ''),
  };
}

/** Returns the namespaces of a cluster, or undefined if the user may not list them. */
export async function namespaces(
  parts: ContextsParts,
  context: string,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const kubectl = new Kubectl({ ...parts, place: { context, namespace: '' } });
  try {
    const output = await kubectl.query(['get', 'namespaces', '--output=name'], { signal });
    return output.split('\n').flatMap((line) => /^namespace\/(.+)$/.exec(line)?.[1] ?? []);
  } catch (error) {
    if (error instanceof ServeError && error.code === 'engine-denied') return undefined;
    throw error;
  }
}

/** Returns the name by which the cluster knows the user. @throws ServeError */
export async function clusterUser(
  parts: ContextsParts,
  place: ClusterPlace,
  signal?: AbortSignal,
): Promise<string> {
  const kubectl = new Kubectl({ ...parts, place });
  const output = await kubectl.query(['auth', 'whoami', '--output=json'], { signal });
  const { data } = whoami.safeParse(jsonIn(output));
  const user = data?.status.userInfo.username;
  if (user !== undefined && user !== '') return user;
  const { context } = place;
  throw new ServeError({
    code: 'engine-too-old',
    ...problemTexts(say('clusterTooOld', { context, needed: '1.28' })),
  });
}
