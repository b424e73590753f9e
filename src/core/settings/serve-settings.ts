import type { bentoSettings } from './declarations/bento-settings';
import type { Effective } from './setting-values';

/** The settings in effect for one bento: validated, expanded, and merged from the folder, the entry and the profile. */
export type ServeSettings = Effective<typeof bentoSettings>;

export type HttpSettings = ServeSettings['http'];
export type HttpTlsSettings = HttpSettings['tls'];
export type TlsSettings = ServeSettings['grpc']['tls'];
export type RunnerSettings = ServeSettings['runners'][string];

/** One entry of `serveBento.bentos`: overrides the folder's settings for the bento it names. */
export interface BentoEntry {
  readonly name?: string;
  /** A reference as BentoML takes it (`service:svc`, `.`, `iris:latest`) or a bento's id. */
  readonly bento: string;
  /** Absolute. Default: the workspace folder. */
  readonly workingDir: string;
  readonly settings: ServeSettings;
  /** The same with each profile. */
  readonly profiles: Profiles;
}

/** Settings by the names of the profiles that they are with. */
export type Profiles = Readonly<Record<string, ServeSettings>>;

/** A bento that runs elsewhere and is only watched. */
export interface WatchedEntry {
  readonly name: string;
  /** `http:`, `https:`, `tcp:` (which speaks HTTP), `grpc:` or `grpcs:`; each once. */
  readonly addresses: readonly string[];
}

/** What is wrong with one setting, in one sentence that names it, its value and what is allowed. */
export interface SettingProblem {
  /** The full name, such as `serveBento.http.port` or `serveBento.bentos[1].grpc.port`. */
  readonly setting: string;
  readonly message: string;
  /** Index into `bentos` when it belongs to one entry. */
  readonly entry?: number;
  /** The item of a list or map that it is in; nothing for what holds for every bento. */
  readonly within?: SettingItem;
  /** Nothing is served that it concerns: without what is ignored, another thing would be. */
  readonly blocks?: true;
}

/** `name`: the key of the item; nothing when the whole list or map is unusable. */
export interface SettingItem {
  readonly setting: 'bentos' | 'watch' | 'profiles' | 'runners';
  readonly name?: string;
}

/** All of one workspace folder's settings. What is invalid is left at its default and listed in `problems`. */
export interface FolderSettings {
  readonly defaults: ServeSettings;
  /** `defaults` with each profile. */
  readonly profiles: Profiles;
  readonly bentos: readonly BentoEntry[];
  readonly watched: readonly WatchedEntry[];
  readonly problems: readonly SettingProblem[];
}
