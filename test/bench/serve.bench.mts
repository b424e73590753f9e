/** Serve against `bentoml serve`: time to all ready, memory when ready, time to stop. */
import type { Figure } from './support/figure.mts';
import { measure, memory, ready, stop } from './support/serves.mts';
import { classServices, legacyServices } from './support/subject.mts';

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const own = await measure(classServices, rounds);
  const found: Figure[] = [
    ready('cold', own, 'first', 0.55),
    ready('warm', own, 'again', 0.06),
    memory(own, 0.5),
    stop(own),
  ];
  for (const subject of legacyServices) {
    const serves = await measure(subject, rounds);
    found.push(
      ready('cold with a kept plan', serves, 'kept', 0.5),
      ready('warm', serves, 'again', 0.15),
      memory(serves, 0.62),
      stop(serves),
    );
  }
  return found;
}
