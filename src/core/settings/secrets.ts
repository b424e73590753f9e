/** A name as `${secret:NAME}` takes it: what stands there is asked for once and kept out of every settings file. */
const reference = /\$\{secret:([A-Za-z0-9_][A-Za-z0-9_.-]{0,99})\}/g;

type Variables = Readonly<Record<string, string | null>>;

/** A secret that a variable uses. What is kept for one variable is not given to another. */
export interface SecretUse {
  readonly secret: string;
  readonly variable: string;
}

/** The secrets that variables of the environment use, each once for a variable. */
export const secretUses = (variables: Variables): readonly SecretUse[] =>
  Object.entries(variables).flatMap(([variable, value]) => {
    const names = [...(value ?? '').matchAll(reference)].map(([, name]) => name ?? '');
    return [...new Set(names)].map((secret) => ({ secret, variable }));
  });

/** The variables with their secrets in place; one that has no value is left as it stands. */
export function withSecrets(
  variables: Variables,
  valueOf: (use: SecretUse) => string | undefined,
): Variables {
  const filled = Object.create(null) as Record<string, string | null>;
  for (const [variable, value] of Object.entries(variables)) {
    filled[variable] =
      value?.replace(
        reference,
        (whole, secret: string) => valueOf({ secret, variable }) ?? whole,
      ) ?? null;
  }
  return filled;
}
