import { createHash } from 'node:crypto';

/** The longest label: the name of a workload has two of them, and Kubernetes allows 63 characters for a Service. */
const longest = 30;

/** Makes a DNS label (RFC 1035) from any text. A hash keeps labels different if characters had to be dropped. */
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

/** Whether the text has only letters, digits and usual separators, so that its label needs no hash. */
const isFaithful = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_. :/-]*$/.test(text);

/** Makes a unique label for each text. */
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
