import { createHash } from 'node:crypto';

/** The name of a workload has two of them, and Services of Kubernetes allow 63 characters. */
const longest = 30;

/** A DNS label (RFC 1035) from any text. Different texts that would be the same label get different ones. */
export function dnsLabel(text: string): string {
  const plain = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  if (plain !== '' && plain.length <= longest && isFaithful(text)) return plain;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${(plain === '' ? 'x' : plain).slice(0, longest - 9).replace(/-+$/, '')}-${hash}`;
}

/** Whether little is lost: letters, digits and what usually separates them. */
const isFaithful = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_. :/-]*$/.test(text);

/** A label for each text, unique among them. */
export function dnsLabels(texts: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set<string>();
  const labels = new Map<string, string>();
  for (const text of texts) {
    const plain = dnsLabel(text);
    let label = plain;
    for (let count = 2; used.has(label); count++) label = `${plain}-${count}`;
    used.add(label);
    labels.set(text, label);
  }
  return labels;
}
