/** Matches lower-case names with an optional registry, port and tag, as engines accept them. */
const name = /^[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/;
const digest = /^sha256:[a-f0-9]{64}$/;

/**
 * Whether a reference always means the same image: a name with a digest (`example.com/search@sha256:…`), or the id of
 * an image of this machine (`sha256:…`).
 */
export function isPinned(reference: string): boolean {
  const [before = '', after] = reference.split('@', 2);
  if (reference.length > 512 || reference.split('@').length > 2) return false;
  return after === undefined ? digest.test(before) : name.test(before) && digest.test(after);
}

/** Whether engines accept a reference as the name of an image, with or without a digest. */
export const isImageName = (reference: string): boolean =>
  isPinned(reference) || (reference.length <= 512 && name.test(reference));

/** Whether other machines can pull it. */
export const isInRegistry = (reference: string): boolean =>
  isPinned(reference) && reference.includes('@');
