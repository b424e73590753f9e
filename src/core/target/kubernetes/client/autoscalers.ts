import * as z from 'zod';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import { ServeError } from '../../../problem';
import type { Kubectl } from './kubectl';

const listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
        minReplicas: z.number().catch(1),
        maxReplicas: z.number().catch(1),
      }),
    }),
  ),
});

/** A HorizontalPodAutoscaler, which sets the number of pods of a Deployment. */
export interface Autoscaler {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** Returns the autoscalers of the namespace by the names of their Deployments. Without permission, none is known. */
export async function autoscalersOf(
  kubectl: Kubectl,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Autoscaler>> {
  try {
    const args = ['get', 'horizontalpodautoscalers.autoscaling', '--output=json'];
    const { data } = listed.safeParse(jsonIn(await kubectl.query(args, { signal })));
    const own = data?.items.filter(({ spec }) => spec.scaleTargetRef.kind === 'Deployment') ?? [];
    return new Map(
      own.map(({ metadata: { name }, spec: { scaleTargetRef, minReplicas, maxReplicas } }) => [
        scaleTargetRef.name,
        { name, min: minReplicas, max: maxReplicas },
      ]),
    );
  } catch (error) {
    if (error instanceof ServeError && error.code === 'engine-denied') return new Map();
    throw error;
  }
}

export function scaledByAutoscaler(component: string, { name, min, max }: Autoscaler): ServeError {
  const facts = { autoscaler: name, component };
  return new ServeError({
    ...{ code: 'engine-rejected', component },
    ...problemTexts(
      say('scaleByAutoscaler', { ...facts, min, max }),
      say('scaleByAutoscalerSummary', facts),
    ),
  });
}
