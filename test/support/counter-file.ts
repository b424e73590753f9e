/** A file as prometheus_client writes it. `valueSize`: 16 bytes, or the 8 of versions before 0.17. */
export function counterFile(
  counters: readonly (readonly [name: string, labels: object, value: number])[],
  valueSize: 8 | 16 = 16,
): Buffer {
  const entries = counters.map(([name, labels, value]) => {
    const key = Buffer.from(JSON.stringify([name.replace(/_total$/, ''), name, labels, 'help']));
    const padding = 8 - ((key.length + 4) % 8);
    const entry = Buffer.alloc(4 + key.length + padding + valueSize);
    entry.writeInt32LE(key.length);
    key.copy(entry, 4);
    entry.fill(' ', 4 + key.length, 4 + key.length + padding);
    entry.writeDoubleLE(value, 4 + key.length + padding);
    return entry;
  });
  const header = Buffer.alloc(8);
  header.writeInt32LE(8 + entries.reduce((sum, { length }) => sum + length, 0));
  return Buffer.concat([header, ...entries, Buffer.alloc(4096)]);
}

export const answered = (
  endpoint: string,
  status: number,
  runner?: string,
): Readonly<Record<string, string>> => ({
  endpoint,
  service_name: 'demo',
  service_version: '',
  http_response_code: String(status),
  ...(runner === undefined ? {} : { runner_name: runner }),
});
