/** A name as `${secret:NAME}` takes it: what stands there is asked for once and kept out of every settings file. */
const reference = /\$\{secret:([A-Za-z0-9_][A-Za-z0-9_.-]{0,99})\}/g;

type Variables = Readonly<Record<string, string | null>>;

/** The secrets that variables of the environment use, each once. */
export function secretNames(variables: Variables): readonly string[] {
  const found = Object.values(variables).flatMap((value) =>
    [...(value ?? '').matchAll(reference)].map(([, name]) => name ?? ''),
  );
  return [...new Set(found)];
}

/** The variables with their secrets in place; one that has no value is left as it stands. */
export function withSecrets(variables: Variables, secrets: ReadonlyMap<string, string>): Variables {
  const filled = Object.create(null) as Record<string, string | null>;
  for (const [name, value] of Object.entries(variables)) {
    filled[name] =
      value?.replace(reference, (whole, secret: string) => secrets.get(secret) ?? whole) ?? null;
  }
  return filled;
}
