import type { bentoSettings } from './declarations/bento-settings';
import type { Effective } from './setting-values';
import type { MessageTexts } from '../messages/message';

/** The settings in effect for one bento: validated, expanded, and merged from the folder, the entry and the profile. */
export type ServeSettings = Effective<typeof bentoSettings>;

export type HttpSettings = ServeSettings['http'];
export type HttpTlsSettings = HttpSettings['tls'];
export type TlsSettings = ServeSettings['grpc']['tls'];
export type RunnerSettings = ServeSettings['runners'][string];

/** One entry of `serveBento.bentos`: overrides the folder's settings for the bento it names. */
export interface BentoEntry {
  readonly name?: string;
  /** A reference in BentoML's syntax (`service:svc`, `.`, `iris:latest`) or the id of a bento. */
  readonly bento: string;
  /** Absolute. Default: the workspace folder. */
  readonly workingDir: string;
  readonly settings: ServeSettings;
  /** The same settings with each profile. */
  readonly profiles: Profiles;
}

/** Settings by the name of the profile that is applied. */
export type Profiles = Readonly<Record<string, ServeSettings>>;

/** A bento that runs elsewhere and is only watched, not started. */
export interface WatchedEntry {
  readonly name: string;
  /** Without duplicates; the scheme is `http`, `https`, `tcp` (which means HTTP too), `grpc` or `grpcs`. */
  readonly addresses: readonly string[];
}

/** A problem with one setting. The message is one sentence with the setting, its value and what is allowed. */
export interface SettingProblem {
  /** The full name, such as `serveBento.http.port` or `serveBento.bentos[1].grpc.port`. */
  readonly name: string;
  /** See `registeredSetting`. */
  readonly setting: string;
  readonly message: string;
  /** See `Problem.summary`. */
  readonly summary?: string;
  readonly texts: MessageTexts;
  /** The index in `bentos`, if it is a problem of one entry. */
  readonly entry?: number;
  /** The item of a list or table that contains it. Absent: the setting applies to every bento. */
  readonly within?: SettingItem;
  /** Bentos that it concerns are not served: the ignored value would change what is served. */
  readonly blocks?: true;
}

/** `name`: the key of the item. Absent: the whole list or table is unusable. */
export interface SettingItem {
  readonly setting: 'bentos' | 'watch' | 'profiles' | 'runners';
  readonly name?: string;
}

/** All settings of one workspace folder. For an invalid value, the default applies, and `problems` has the reason. */
export interface FolderSettings {
  readonly defaults: ServeSettings;
  /** `defaults` with each profile. */
  readonly profiles: Profiles;
  readonly bentos: readonly BentoEntry[];
  readonly watched: readonly WatchedEntry[];
  readonly problems: readonly SettingProblem[];
}
