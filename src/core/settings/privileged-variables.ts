/** A variable that a workspace wants to set, and that decides more than how a service behaves. */
export interface PrivilegedVariable {
  readonly name: string;
  readonly value: string;
}

/**
 * Variables that change which code runs (loaders, interpreters, shells, where programs are found, what BentoML is
 * configured to load) or where its traffic goes.
 */
const privileged =
  /^(?:LD_.+|DYLD_.+|PYTHON(?:PATH|STARTUP|HOME|INSPECT|EXECUTABLE|USERBASE|PLATLIBDIR|BREAKPOINT|WARNINGS|PYCACHEPREFIX|CASEOK)|NODE_OPTIONS|BASH_ENV|ENV|PATH|PATHEXT|COMSPEC|BENTOML_CONFIG(?:_OPTIONS)?|(?:HTTPS?|ALL|FTP|NO)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_.+|OPENSSL_CONF)$/;

/** Proxies are read in small letters on every system; all names are the same in either on Windows. */
export function isPrivileged(name: string, platform: NodeJS.Platform): boolean {
  return privileged.test(platform === 'win32' || /_proxy$/.test(name) ? name.toUpperCase() : name);
}

/** Those among `wanted` that the user's own settings do not set to the same value. */
export function privilegedVariables(
  wanted: Readonly<Record<string, string | null>>,
  usersOwn: Readonly<Record<string, string | null>>,
  platform: NodeJS.Platform,
): readonly PrivilegedVariable[] {
  return Object.entries(wanted).flatMap(([name, value]) =>
    value === null ||
    !isPrivileged(name, platform) ||
    (Object.hasOwn(usersOwn, name) && usersOwn[name] === value)
      ? []
      : [{ name, value }],
  );
}
