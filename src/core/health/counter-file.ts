/** A counter of a Prometheus client, with its labels. */
export interface Counter {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const headerSize = 8;
/** A value and, since prometheus_client 0.17, a timestamp. */
const valueSizes = [16, 8];

/**
 * The counters in a file that a Python process maps into memory (prometheus_client's `mmap_dict.py`): how much of it is
 * used, then entries, each a length, a JSON text padded to the next multiple of 8, and numbers. Nothing when it is
 * another kind of file.
 */
export function readCounters(file: Buffer): readonly Counter[] | undefined {
  if (file.length < headerSize) return [];
  const used = file.readInt32LE(0);
  // Nothing was counted yet.
  if (used === 0) return [];
  if (used < headerSize || used > file.length) return undefined;
  for (const valueSize of valueSizes) {
    const counters = readEntries(file.subarray(0, used), valueSize);
    if (counters !== undefined) return counters;
  }
  return undefined;
}

function readEntries(file: Buffer, valueSize: number): readonly Counter[] | undefined {
  const counters: Counter[] = [];
  let at = headerSize;
  while (at < file.length) {
    if (at + 4 > file.length) return undefined;
    const length = file.readInt32LE(at);
    const valueAt = at + 4 + length + (8 - ((length + 4) % 8));
    if (length <= 0 || valueAt + valueSize > file.length) return undefined;
    const key = readKey(file.toString('utf8', at + 4, at + 4 + length));
    if (key === undefined) return undefined;
    counters.push({ ...key, value: file.readDoubleLE(valueAt) });
    at = valueAt + valueSize;
  }
  return counters;
}

/** `["metric", "name", {"label": "value"}, "help"]`. */
function readKey(text: string): Omit<Counter, 'value'> | undefined {
  try {
    const key: unknown = JSON.parse(text);
    if (!Array.isArray(key)) return undefined;
    const [, name, labels] = key as unknown[];
    return typeof name === 'string' && typeof labels === 'object' && labels !== null
      ? { name, labels: labels as Readonly<Record<string, string>> }
      : undefined;
  } catch {
    return undefined;
  }
}
