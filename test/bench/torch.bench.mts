/** Services that import torch, which is preloaded: by far the most of what `bentoml serve` waits for. */
import type { Figure } from './support/figure.mts';
import { measure, memory, ready, stop } from './support/serves.mts';
import type { Subject } from './support/subject.mts';

const torchServices: Subject = {
  name: 'class services with torch, 1.4.38',
  environment: 'bentoml-1.4-torch',
  sample: 'test/bench/bentos/torch',
  reference: 'service:Search',
  settings: { preload: ['torch'] },
};

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const serves = await measure(torchServices, rounds);
  return [
    ready('cold', serves, 'first'),
    ready('warm', serves, 'again', 0.15),
    memory(serves),
    stop(serves),
  ];
}
