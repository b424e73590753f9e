/** Matches `${secret:NAME}`, whose value the user enters once and which is in no settings file. */
const reference = /\$\{secret:([A-Za-z0-9_][A-Za-z0-9_.-]{0,99})\}/g;

type Variables = Readonly<Record<string, string | null>>;

/** A secret and the variable that uses it. A value that is stored for one variable is not used for another. */
export interface SecretUse {
  readonly secret: string;
  readonly variable: string;
}

/** Lists the secrets that environment variables use, without duplicates for a variable. */
export const secretUses = (variables: Variables): readonly SecretUse[] =>
  Object.entries(variables).flatMap(([variable, value]) => {
    const names = [...(value ?? '').matchAll(reference)].map(([, name]) => name ?? '');
    return [...new Set(names)].map((secret) => ({ secret, variable }));
  });

/** Replaces the secrets in variables by their values; a secret without a value is left as it is. */
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
