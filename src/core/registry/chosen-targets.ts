import { isInRegistry, isPinned } from '../target/containers/image-reference';
import type { Store } from '../target/local/ports/sticky-ports';
import { targetKinds } from '../target-kinds';
import type { TargetChoice } from '../target/target-choice';

const key = 'targets';

/** The target that the user has chosen for each bento, by its id. Stored in the workspace state. */
export class ChosenTargets {
  readonly #store: Store;
  readonly #chosen: Map<string, TargetChoice>;
  /** Choices with questions that are not answered yet. */
  readonly #unsettled = new Map<string, TargetChoice>();

  constructor(store: Store) {
    this.#store = store;
    this.#chosen = new Map(choicesIn(store.get(key)));
  }

  of(bento: string): TargetChoice {
    return this.#unsettled.get(bento) ?? this.#chosen.get(bento) ?? {};
  }

  /** Stores a choice, unless the user is still to be asked about a part of it. */
  choose(bento: string, choice: TargetChoice): void {
    if (choice.asksAgain === true) this.#unsettled.set(bento, choice);
    else this.#keep(bento, choice);
  }

  /** Ends the questions: keeps the choice as far as it was made, or the one before. Returns whether that is a change. */
  settle(bento: string, isKept: boolean): boolean {
    const choice = this.#unsettled.get(bento);
    if (choice === undefined) return false;
    this.#unsettled.delete(bento);
    if (isKept) this.#keep(bento, choice);
    return !isKept;
  }

  #keep(bento: string, choice: TargetChoice): void {
    this.#unsettled.delete(bento);
    this.#chosen.set(bento, choice);
    void this.#store.update(key, [...this.#chosen]);
  }
}

/** Ignores values that another version of the extension has stored. */
function choicesIn(stored: unknown): readonly (readonly [string, TargetChoice])[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((pair: unknown) => {
    const [bento, choice] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof bento === 'string' && isObject(choice)
      ? [[bento, choiceIn(choice)] as const]
      : [];
  });
}

function choiceIn({
  kind,
  image,
  registryImage,
  built,
  cluster,
}: Readonly<Record<string, unknown>>): TargetChoice {
  const known = targetKinds.find((one) => one === kind);
  const reference = isObject(image) ? image['reference'] : undefined;
  return {
    ...(known === undefined ? {} : { kind: known }),
    ...(isObject(image) && typeof reference === 'string' && isPinned(reference)
      ? { image: { reference, isDevelopment: image['isDevelopment'] === true } }
      : {}),
    ...(typeof registryImage === 'string' && isInRegistry(registryImage) ? { registryImage } : {}),
    ...builtIn(built),
    ...clusterIn(cluster),
  };
}

function builtIn(stored: unknown): Pick<TargetChoice, 'built'> {
  const { tag, at, registry, args } = isObject(stored) ? stored : {};
  return typeof tag === 'string' && typeof at === 'number' && typeof registry === 'string'
    ? { built: { tag, at, registry, ...(typeof args === 'string' && { args }) } }
    : {};
}

function clusterIn(stored: unknown): Pick<TargetChoice, 'cluster'> {
  const { context, namespace } = isObject(stored) ? stored : {};
  return typeof context === 'string' && typeof namespace === 'string'
    ? { cluster: { context, namespace } }
    : {};
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
