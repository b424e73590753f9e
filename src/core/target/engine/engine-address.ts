export interface EngineAddress {
  readonly scheme: 'http' | 'https' | 'grpc' | 'grpcs';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Matches a scheme, a host and a port, and nothing that follows them. A URL omits the default port of its scheme. */
const pattern = /^(https?|grpcs?):\/\/(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i;
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Parses the address that a target reports. Returns undefined if it is not valid: another program may have applied it. */
export function engineAddress(text: string): EngineAddress | undefined {
  const [, scheme = '', bracketedHost = '', digits] = pattern.exec(text) ?? [];
  const known = scheme.toLowerCase() as EngineAddress['scheme'];
  const port = digits === undefined ? defaultPorts[known] : Number(digits);
  if (bracketedHost === '' || port === undefined || port < 1 || port > 65_535) return undefined;
  return { scheme: known, host: bracketedHost.replace(/^\[|\]$/g, ''), port };
}
