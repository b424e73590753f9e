import * as z from 'zod';
import {
  argumentName,
  argumentValue,
  choice,
  cipherList,
  componentName,
  count,
  flag,
  givenName,
  host,
  serverHost,
  label,
  moduleName,
  optionalCount,
  path,
  port,
  remoteAddress,
  seconds,
  serverName,
  table,
  text,
  variableName,
  watchedAddress,
  optionKey,
  optionValue,
} from './field-kinds';

const aDay = 86_400;
const workers = optionalCount(1, 512);
const timeout = optionalCount(1, aDay);
// BentoML itself asks for more than 64.
const backlog = optionalCount(65, 65_535);

const group = <Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, { error: `an object with ${Object.keys(shape).join(', ')}` });

const tls = {
  certFile: path.optional(),
  keyFile: path.optional(),
  caFile: path.optional(),
  serverName: serverName.optional(),
  clientCertFile: path.optional(),
  clientKeyFile: path.optional(),
};

const httpTls = {
  ...tls,
  clientCertificates: choice(['none', 'optional', 'required']).optional(),
  version: choice(['auto', 'TLSv1.2', 'TLSv1.1', 'TLSv1']).optional(),
  ciphers: cipherList.optional(),
};

const groups = {
  http: {
    enabled: flag.optional(),
    host: serverHost.optional(),
    port: port.optional(),
    apiWorkers: workers.optional(),
    timeout: timeout.optional(),
    backlog: backlog.optional(),
    keepAliveTimeout: timeout.optional(),
    gracefulShutdownTimeout: timeout.optional(),
    tls: group(httpTls).optional(),
  },
  grpc: {
    enabled: flag.optional(),
    host: serverHost.optional(),
    port: port.optional(),
    metricsPort: port.optional(),
    reflection: flag.optional(),
    channelz: flag.optional(),
    apiWorkers: workers.optional(),
    maxConcurrentStreams: optionalCount(1, 2_147_483_647).optional(),
    protocolVersion: choice(['v1', 'v1alpha1']).optional(),
    backlog: backlog.optional(),
    tls: group(tls).optional(),
  },
  health: {
    interval: seconds(0.5, 300).optional(),
    timeout: seconds(0.1, 60).optional(),
    failureThreshold: count(1, 100).optional(),
    onHang: choice(['notify', 'restart']).optional(),
  },
};

const runner = group({
  remote: remoteAddress.nullable().optional(),
  host: host.optional(),
  port: port.optional(),
  workers: workers.optional(),
  timeout: timeout.optional(),
  backlog: backlog.optional(),
});

const variable = text('text, or null to remove the variable').nullable();

const envFileWords = { error: 'a path or a list of at most 100 paths' };

/** What a folder's settings and an entry of `bentos` have in common. Everything may be absent. */
const common = {
  pythonPath: path.optional(),
  http: group(groups.http).optional(),
  grpc: group(groups.grpc).optional(),
  runners: table(componentName, runner, 'names of runners').optional(),
  internalTransport: choice(['auto', 'unix', 'tcp']).optional(),
  env: table(variableName, variable, 'names of variables').optional(),
  envFile: z.union([path, z.array(path).max(100)], envFileWords).optional(),
  bentomlHome: path.optional(),
  bentomlConfig: path.optional(),
  bentomlConfigOptions: table(optionKey, optionValue, 'keys of options').optional(),
  args: table(argumentName, argumentValue, 'names of arguments').optional(),
  launcher: choice(['auto', 'workers', 'cli']).optional(),
  startTimeout: seconds(5, 3600).optional(),
  health: group(groups.health).optional(),
  stopGracePeriod: seconds(0.5, 300).optional(),
  resumeOnReload: flag.optional(),
  reload: flag.optional(),
  warmUp: choice(['off', 'onServe', 'onView']).optional(),
  preload: z
    .array(moduleName, { error: 'a list of names of modules' })
    .max(50, { error: 'a list of at most 50 names of modules' })
    .optional(),
};

/** One entry of `serveBento.bentos`. */
export const entrySchema = group({
  bento: label('a reference such as "service:svc", "." or "iris:latest"'),
  name: label('a name').optional(),
  workingDir: path.optional(),
  ...common,
});

/** A named set of settings, over those of the folder and of the bento's entry. */
const profile = group(common);

const addresses = z
  .array(watchedAddress, { error: 'a list of addresses' })
  .min(1, { error: 'a list with at least one address' })
  .max(100, { error: 'a list of at most 100 addresses' });

/** All of one folder's raw values; the entries of `bentos` are read one by one with `entrySchema`. */
export const folderSchema = group({
  ...common,
  profiles: table(givenName, profile, 'names of profiles').optional(),
  watch: table(givenName, addresses, 'names of bentos', false).optional(),
  bentos: z
    .array(z.unknown(), { error: 'a list of objects' })
    .max(1000, { error: 'a list of at most 1000 objects' })
    .optional(),
});

/** Checked, but with variables not yet expanded. */
export type RawEntry = z.output<typeof entrySchema>;
export type Overrides = Omit<RawEntry, 'name' | 'bento' | 'workingDir'>;

/** Every setting as the manifest names it: `http.port`, `http.tls.certFile`, `startTimeout`. */
export const settingKeys: readonly string[] = keysOf(folderSchema);

function keysOf({ shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const inner: unknown = field instanceof z.ZodOptional ? field.unwrap() : field;
    return inner instanceof z.ZodObject
      ? keysOf(inner).map((member) => `${name}.${member}`)
      : [name];
  });
}
