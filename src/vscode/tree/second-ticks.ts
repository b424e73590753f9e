import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import { Emitter, type Disposable, type Event } from '../../core/events';
import type { Bento } from '../../core/model';

const secondMs = 1000;

/** Fires every second while time is shown that passes: of starts and stops. */
export class SecondTicks implements Disposable {
  readonly #manager: Pick<BentoReader, 'bentos' | 'onDidChange'>;
  readonly #clock: Clock;
  readonly #ticked = new Emitter<readonly string[]>();
  readonly #subscription: Disposable;
  #timer: Disposable | undefined;

  constructor(manager: Pick<BentoReader, 'bentos' | 'onDidChange'>, clock: Clock) {
    this.#manager = manager;
    this.#clock = clock;
    this.#subscription = manager.onDidChange(() => this.#follow());
    this.#follow();
  }

  /** Tells the ids of the bentos that start or stop. */
  readonly onDidTick: Event<readonly string[]> = this.#ticked.event;

  dispose(): void {
    this.#subscription.dispose();
    this.#timer?.dispose();
    this.#ticked.dispose();
  }

  #follow(): void {
    if (this.#timer !== undefined || !this.#manager.bentos.some(isTimed)) return;
    this.#timer = this.#clock.after(secondMs, () => {
      this.#timer = undefined;
      const timed = this.#manager.bentos.filter(isTimed).map(({ id }) => id);
      if (timed.length > 0) this.#ticked.fire(timed);
      this.#follow();
    });
  }
}

const isTimed = ({ state, progress, components }: Bento): boolean =>
  progress !== undefined ||
  state === 'stopping' ||
  components.some((component) => component.state === 'starting' || component.state === 'stopping');
