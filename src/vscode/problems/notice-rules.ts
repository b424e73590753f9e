import type { Clock } from '../../core/clock';
import type { Bento, BentoState, Component, ComponentState, Problem } from '../../core/model';
import type { Localize } from '../localize';
import { problemAbout } from './message-about';
import type { Notice } from './notice';

/** Readiness for this long makes what was told before another matter. */
const stableAfterMs = 60_000;

type Cause = 'crashed' | 'gaveUp' | 'unresponsive';

interface ComponentWatch {
  state: ComponentState;
  restarts: number;
  /** A person asked for this start, and is told by the command how it ended. */
  asked: boolean;
  readySince: number | undefined;
  told: Set<Cause>;
}

interface BentoWatch {
  state: BentoState;
  wasReady: boolean;
  readonly components: Map<string, ComponentWatch>;
}

/**
 * Decides what is worth a notification: each cause once, and nothing that a command, a stop or a dependency explains.
 * A component that keeps crashing makes two: at its first crash, and when it is given up.
 */
export class NoticeRules {
  readonly #clock: Clock;
  readonly #l10n: Localize;
  readonly #watches = new Map<string, BentoWatch>();

  constructor(clock: Clock, l10n: Localize) {
    this.#clock = clock;
    this.#l10n = l10n;
  }

  /** To be called with every change of a bento: what follows from it. */
  next(bento: Bento): readonly Notice[] {
    const watch = this.#watches.get(bento.id) ?? {
      state: 'stopped',
      wasReady: false,
      components: new Map<string, ComponentWatch>(),
    };
    this.#watches.set(bento.id, watch);
    const ended = this.#bentoNotice(bento, watch);
    const notices = bento.components.flatMap((component) => {
      const notice = this.#componentNotice(bento, component, watch);
      return notice === undefined || bento.state === 'stopping' ? [] : [notice];
    });
    return ended === undefined ? notices : [ended];
  }

  /** The bentos that are still there. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#watches.keys()) if (!ids.has(id)) this.#watches.delete(id);
  }

  /** All of it ended unasked: its helper died. */
  #bentoNotice(bento: Bento, watch: BentoWatch): Notice | undefined {
    const { id, state, problem } = bento;
    const hasEnded = state === 'failed' && watch.state !== 'failed' && watch.wasReady;
    watch.state = state;
    if (state === 'ready') watch.wasReady = true;
    if (state === 'starting' || state === 'stopped' || state === 'failed') watch.wasReady = false;
    if (!hasEnded || problem === undefined) return undefined;
    const message = problemAbout(bento, problem, this.#l10n);
    return { severity: 'error', message, problem, bento: id, actions: ['serveAgain', 'showLog'] };
  }

  #componentNotice(bento: Bento, component: Component, watch: BentoWatch): Notice | undefined {
    const { id, state, problem } = component;
    const known = watch.components.get(id) ?? freshWatch();
    watch.components.set(id, known);
    const before = known.state;
    known.state = state;
    const isAgain = before === 'backingOff' || component.restarts > known.restarts;
    known.restarts = component.restarts;
    if (state === 'starting' && before !== 'starting' && !isAgain) {
      known.asked = true;
      known.told.clear();
    }
    if (state === 'ready') {
      known.asked = false;
      known.readySince ??= this.#clock.now();
      return undefined;
    }
    if (known.readySince !== undefined) {
      if (this.#clock.now() - known.readySince >= stableAfterMs) known.told.clear();
      known.readySince = undefined;
    }
    const cause = causeOf(component);
    if (cause === undefined || problem === undefined || known.asked || known.told.has(cause)) {
      return undefined;
    }
    known.told.add(cause);
    return this.#notice(cause, bento, component, problem);
  }

  #notice(cause: Cause, bento: Bento, { remote }: Component, problem: Problem): Notice {
    const said = problemAbout(bento, problem, this.#l10n);
    const common = { problem, bento: bento.id };
    switch (cause) {
      case 'crashed':
        return {
          ...common,
          severity: 'warning',
          message: this.#l10n.t('{0} It is being restarted.', said),
          actions: ['showTerminal'],
        };
      case 'gaveUp':
        return {
          ...common,
          severity: 'error',
          message: this.#l10n.t('{0} It will not be restarted again.', said),
          actions: ['install', 'openFile', 'showTerminal', 'serveAgain'],
        };
      case 'unresponsive':
        return {
          ...common,
          severity: 'warning',
          message: said,
          actions: remote === true ? ['showTerminal'] : ['restart', 'showTerminal'],
        };
    }
  }
}

/** Only what is wrong with the component itself: what it waits for says so on its own. */
function causeOf({ state, problem, remote }: Component): Cause | undefined {
  switch (state) {
    case 'backingOff':
      return 'crashed';
    case 'failed':
      return 'gaveUp';
    case 'unhealthy':
      // Elsewhere there is nobody else who says why it is not ready.
      return problem?.code === 'unresponsive' || remote === true ? 'unresponsive' : undefined;
    case 'stopped':
    case 'starting':
    case 'ready':
    case 'stopping':
      return undefined;
  }
}

const freshWatch = (): ComponentWatch => ({
  state: 'stopped',
  restarts: 0,
  // Until it was ready once, whoever started it waits for it.
  asked: true,
  readySince: undefined,
  told: new Set(),
});
