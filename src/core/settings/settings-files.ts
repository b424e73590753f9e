import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Clock } from '../clock';
import type { Disposable } from '../events';
import { readSmallFile, UnreadableFileError } from '../read-small-file';
import type { ServeSettings } from '../settings/serve-settings';

/** What files hold that belong to the settings, by their paths. */
export type SettingsFiles = ReadonlyMap<string, string>;

/** Milliseconds between two looks: they may be anywhere, where nothing is reported. */
const everyMs = 2000;

/**
 * Reads the files that decide how a bento is served and are read once: of variables, BentoML's configuration, and
 * whom TLS trusts. Certificates are watched by `CertificateWatch`.
 */
export async function readSettingsFiles(
  settings: ServeSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SettingsFiles> {
  const { envFile, bentomlConfig, http, grpc } = settings;
  const own = settings.env['BENTOML_CONFIG'] ?? env['BENTOML_CONFIG'];
  const config = bentomlConfig ?? (typeof own === 'string' ? own : undefined);
  const paths = [...envFile, config, http.tls.caFile, grpc.tls.caFile];
  const files = paths.flatMap((file) => (file === undefined || file === '' ? [] : [file]));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await contentOf(file)] as const)),
  );
}

/** Knows while a bento is served whether its files of settings are still what it was started with. */
export class SettingsFilesWatch implements Disposable {
  readonly #started: SettingsFiles;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** Of the last look: by path, the file's stamp and whether it had changed. */
  readonly #seen = new Map<string, { readonly stamp: string; readonly changed: boolean }>();
  #timer: Disposable | undefined;
  #changed = false;
  #isOver = false;

  /** `started`: what it was started with. */
  constructor(started: SettingsFiles, clock: Clock, onChange: () => void) {
    this.#started = started;
    this.#clock = clock;
    this.#onChange = onChange;
    if (started.size > 0) void this.#check();
  }

  /** A restart would read something else. */
  get changed(): boolean {
    return this.#changed;
  }

  dispose(): void {
    this.#isOver = true;
    this.#timer?.dispose();
  }

  async #check(): Promise<void> {
    const changes = await Promise.all([...this.#started.keys()].map((file) => this.#look(file)));
    if (this.#isOver) return;
    this.#timer = this.#clock.after(everyMs, () => void this.#check());
    const changed = changes.includes(true);
    if (changed === this.#changed) return;
    this.#changed = changed;
    this.#onChange();
  }

  async #look(file: string): Promise<boolean> {
    const stamp = await stampOf(file);
    const seen = this.#seen.get(file);
    if (seen?.stamp === stamp) return seen.changed;
    const changed = (await contentOf(file)) !== this.#started.get(file);
    this.#seen.set(file, { stamp, changed });
    return changed;
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readSmallFile(file))
      .digest('hex');
  } catch (error) {
    return error instanceof UnreadableFileError ? error.message : String(error);
  }
}

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ ino, mtimeMs, ctimeMs, size }) => `${ino} ${mtimeMs} ${ctimeMs} ${size}`,
    (error: unknown) => String(error),
  );
