/** Remembers which port a bento got, so that it gets the same one again; backed by the workspace state. */
export interface StickyPorts {
  get(bento: string, use: PortUse): number | undefined;
  set(bento: string, use: PortUse, port: number): void;
  /** Ports kept for other bentos: not given away while there are others. */
  others(bento: string): readonly number[];
}

/** What of a bento listens on a port: a component's id, or the gRPC metrics server. */
export type PortUse = string;

/** The part of `vscode.Memento` that is needed. */
export interface Store {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const storeKey = 'ports';

export function stickyPorts(store: Store): StickyPorts {
  const ports = read(store.get(storeKey));
  return {
    get: (bento, use) => ports.get(bento)?.get(use),
    set: (bento, use, port) => {
      const own = ports.get(bento) ?? new Map<PortUse, number>();
      if (own.get(use) === port) return;
      ports.set(bento, own.set(use, port));
      void store.update(
        storeKey,
        [...ports].map(([id, uses]) => [id, [...uses]]),
      );
    },
    others: (bento) => [...ports].flatMap(([id, uses]) => (id === bento ? [] : [...uses.values()])),
  };
}

function read(stored: unknown): Map<string, Map<PortUse, number>> {
  const ports = new Map<string, Map<PortUse, number>>();
  if (!Array.isArray(stored)) return ports;
  for (const row of stored) {
    if (!Array.isArray(row) || typeof row[0] !== 'string' || !Array.isArray(row[1])) continue;
    const uses = row[1].filter(
      (use): use is [string, number] =>
        Array.isArray(use) && typeof use[0] === 'string' && isPort(use[1]),
    );
    ports.set(row[0], new Map(uses));
  }
  return ports;
}

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
