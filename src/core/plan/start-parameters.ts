import { bentoSettings } from '../settings/declarations/bento-settings';
import { entryFields } from '../settings/declarations/bentos';
import { runnerFields } from '../settings/declarations/runners';
import { fieldsOf, type SettingTree } from '../settings/setting';

/** One parameter of BentoML's start functions, and the setting for it. */
export interface StartParameter {
  /** The setting without `serveBento.`; `NAME` stands for a runner or a dependency service. */
  readonly setting?: string;
  /** The first BentoML version that has it. Absent: every supported version. */
  readonly since?: string;
  /** A remark for readers of the table. */
  readonly note?: string;
}

/** The functions of `bentoml.start`, and `serve_http` of `_bentoml_impl.server.serving` (1.2 and later). */
export type StartFunction =
  'start_runner_server' | 'start_http_server' | 'start_grpc_server' | 'serve_http';

type Parameters = Readonly<Record<string, StartParameter>>;

/** The parameters that settings of a tree declare. `prefix`: the beginning of their names. */
const parametersOf = (tree: SettingTree, prefix: string): Parameters =>
  Object.fromEntries(
    fieldsOf(tree).flatMap(([path, { parameter, since }]) =>
      parameter === undefined
        ? []
        : [
            [
              parameter,
              { setting: prefix + path.join('.'), ...(since === undefined ? {} : { since }) },
            ],
          ],
    ),
  );

const withNotes = (parameters: Parameters, notes: Readonly<Record<string, string>>): Parameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      notes[name] === undefined ? parameter : { ...parameter, note: notes[name] },
    ]),
  );

const bento = withNotes(parametersOf(entryFields, 'bentos[].'), {
  bento_identifier: 'Not needed for bentos that discovery finds.',
});
const http = parametersOf(bentoSettings.http, 'http.');
const grpc = parametersOf(bentoSettings.grpc, 'grpc.');
const runner = parametersOf(runnerFields, 'runners.NAME.');

/** `serve_http` takes the number of workers from the configuration. */
const { api_workers: _, ...servedHttp } = http;

const { reload, bentomlHome } = bentoSettings;
const others = parametersOf({ reload, bentomlHome }, '');

const runnerMap: StartParameter = {
  note: 'Filled with the addresses of the components.',
};

const keyPassword: StartParameter = {
  note: 'The extension asks for it and decrypts the key. It is never passed: every user of the machine can read arguments.',
};

/** Every parameter of every supported BentoML; a test compares it with the installed versions. */
export const startParameters: Readonly<Record<StartFunction, Parameters>> = {
  start_runner_server: {
    ...bento,
    runner_name: { note: 'Each runner is a component.' },
    ...withNotes(runner, {
      backlog: "BentoML's runner workers listen again, with a backlog of 2048.",
    }),
  },
  start_http_server: {
    ...bento,
    runner_map: runnerMap,
    ...http,
    ssl_keyfile_password: keyPassword,
  },
  start_grpc_server: {
    ...bento,
    runner_map: runnerMap,
    ...withNotes(grpc, {
      backlog: 'For the metrics server. gRPC has its own limit for calls.',
      ssl_ca_certs: 'If it is set, every client must present a certificate.',
    }),
  },
  serve_http: {
    ...bento,
    service_name: { note: 'Each service is a component.' },
    dependency_map: runnerMap,
    ...withNotes(
      servedHttp,
      Object.fromEntries(
        Object.entries(runner).map(([name, { setting = '' }]) => [
          name,
          `For a dependency: \`serveBento.${setting}\`.`,
        ]),
      ),
    ),
    ssl_keyfile_password: keyPassword,
    ...withNotes(others, {
      reload: 'The extension has its own reload, which restarts only what uses the changed file.',
    }),
    development_mode: {
      note: 'Not used: it runs all services in one process, so there are no components to supervise.',
    },
    threaded: { note: 'Not used: it is for servers inside a Python program.' },
  },
};
