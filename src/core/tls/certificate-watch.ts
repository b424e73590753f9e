import type { BentoWarning } from '../bento-manager';
import type { Clock } from '../clock';
import type { Disposable } from '../events';
import { readSmallFile } from '../read-small-file';
import { certificatesIn } from './pem';
import type { ServerTls } from './server-tls';

const everyMs = 60_000;
const aDayMs = 86_400_000;
/** Of the last days of a certificate people are told. */
const daysAhead = 7;

interface Watched {
  readonly tls: ServerTls;
  /** As the workers have it. */
  served: string;
  validTo: number;
}

/** Tells while a bento is served that a certificate is about to expire, or was replaced and waits for a restart. */
export class CertificateWatch implements Disposable {
  readonly #watched: ReadonlyMap<string, Watched>;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #timer: Disposable | undefined;
  #isOver = false;
  #warnings: readonly BentoWarning[] = [];

  /** `servers`: by the ids of their components. */
  constructor(servers: ReadonlyMap<string, ServerTls>, clock: Clock, onChange: () => void) {
    this.#watched = new Map(
      [...servers].map(([id, tls]) => [id, { tls, served: tls.certificate, validTo: tls.validTo }]),
    );
    this.#clock = clock;
    this.#onChange = onChange;
    if (servers.size > 0) void this.#check();
  }

  get warnings(): readonly BentoWarning[] {
    return this.#warnings;
  }

  /** New workers of a component have read the files; those that were opened for them are still the same. */
  async restarted(id: string): Promise<void> {
    const watched = this.#watched.get(id);
    if (watched === undefined || watched.tls.opened !== undefined) return;
    const now = await textOf(watched.tls.certFile);
    const validTo = now === undefined ? undefined : validUntil(now);
    if (now === undefined || validTo === undefined) return;
    watched.served = now;
    watched.validTo = validTo;
    await this.#look();
  }

  dispose(): void {
    this.#isOver = true;
    this.#timer?.dispose();
  }

  async #check(): Promise<void> {
    await this.#look();
    if (!this.#isOver) this.#timer = this.#clock.after(everyMs, () => void this.#check());
  }

  async #look(): Promise<void> {
    const found = await Promise.all(
      [...this.#watched].map(([id, watched]) => this.#warningsOf(id, watched)),
    );
    const warnings = found.flat();
    if (this.#isOver || JSON.stringify(warnings) === JSON.stringify(this.#warnings)) return;
    this.#warnings = warnings;
    this.#onChange();
  }

  async #warningsOf(
    component: string,
    { tls, served, validTo }: Watched,
  ): Promise<readonly BentoWarning[]> {
    const { certFile: file, client } = tls;
    const days = Math.floor((validTo - this.#clock.date()) / aDayMs);
    const now = await textOf(file);
    const warnings: BentoWarning[] = [];
    // One that is being written is not there, or is no certificate yet.
    if (now !== undefined && now !== served && validUntil(now) !== undefined) {
      warnings.push({ kind: 'certificateReplaced', component, file });
    } else if (days < daysAhead) {
      warnings.push({ kind: 'certificateExpires', component, file, days });
    }
    if (!client.acceptsOurCertificate) warnings.push({ kind: 'readinessUnknown', component });
    return warnings;
  }
}

const textOf = (file: string): Promise<string | undefined> =>
  readSmallFile(file).then(
    (content) => content.toString('latin1'),
    () => undefined,
  );

function validUntil(pem: string): number | undefined {
  try {
    const [certificate] = certificatesIn(pem);
    return certificate && Date.parse(certificate.validTo);
  } catch {
    return undefined;
  }
}
