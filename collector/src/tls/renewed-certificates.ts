import type { Clock } from '../clock.ts';
import { CollectorError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Certificates, readCertificates, type TlsFiles } from './certificate-files.ts';

/** What servers need: the certificates of now, and to hear of others. */
export type CertificateSource = {
  readonly current: Certificates;
  /** Calls `listener` with what takes the place of `current`, each time. */
  onRenewed(listener: (certificates: Certificates) => void): void;
  /** Begins to look for others, and ends it. Safe twice. */
  start(): void;
  stop(): void;
};

/** How often the files are looked at, ms: programs that renew certificates do so days before the old ones end. */
const LOOK_EVERY_MS = 60_000;
/** How long before its end a certificate is warned of, ms. */
export const WARN_BEFORE_MS = 14 * 86_400_000;
/** How often it is warned of, ms. */
const WARN_EVERY_MS = 86_400_000;

/**
 * The certificates of the collector, as its files hold them. Files that were renewed are taken over for new
 * connections; where they are not usable (half written, the key of another), the old ones stay and it is told.
 */
export class RenewedCertificates implements CertificateSource {
  readonly #files: TlsFiles;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners: ((certificates: Certificates) => void)[] = [];
  #current: Certificates;
  #told = '';
  #warnedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  private constructor(files: TlsFiles, certificates: Certificates, clock: Clock, log: Logger) {
    this.#files = files;
    this.#current = certificates;
    this.#clock = clock;
    this.#log = log;
    this.#warnOfEnd();
  }

  /** @throws {CollectorError} `TLS_INVALID` with everything that is wrong. */
  static async open(files: TlsFiles, clock: Clock, log: Logger): Promise<RenewedCertificates> {
    const read = await readCertificates(files, clock.now());
    if (read.ok) return new RenewedCertificates(files, read.certificates, clock, log);
    throw new CollectorError('TLS_INVALID', `TLS is not usable:\n${read.mistakes.join('\n')}`);
  }

  get current(): Certificates {
    return this.#current;
  }

  onRenewed(listener: (certificates: Certificates) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Takes over what the files hold now, where it is usable. Never rejects. */
  async look(): Promise<void> {
    this.#warnOfEnd();
    const read = await readCertificates(this.#files, this.#clock.now());
    if (!read.ok) {
      this.#tellMistakes(read.mistakes);
      return;
    }
    this.#told = '';
    const { cert, key, clientCa, endsAt } = read.certificates;
    const old = this.#current;
    if (cert === old.cert && key === old.key && clientCa === old.clientCa) return;
    this.#current = read.certificates;
    for (const listener of this.#listeners) listener(read.certificates);
    this.#log.info({ validUntil: new Date(endsAt).toISOString() }, 'certificates were renewed');
    this.#warnedAt = -Infinity;
    this.#warnOfEnd();
  }

  /** Once for each state of the files, not at every look. */
  #tellMistakes(mistakes: readonly string[]): void {
    const text = mistakes.join('\n');
    if (text === this.#told) return;
    this.#told = text;
    this.#log.error({ mistakes }, 'the certificate files are not usable; those read before stay in use');
  }

  #warnOfEnd(): void {
    const now = this.#clock.now();
    const leftMs = this.#current.endsAt - now;
    if (leftMs >= WARN_BEFORE_MS || now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    const validUntil = new Date(this.#current.endsAt).toISOString();
    this.#log.warn({ validUntil, days: Math.floor(leftMs / 86_400_000) }, 'the certificate ends soon: renew it');
  }
}
