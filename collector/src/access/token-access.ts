import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Access, Admission, Grant } from './access.ts';
import { isEnough, type Scope } from './scope.ts';
import { readToken } from './token.ts';

/** What is kept of a token; times in ms. */
export type TokenRecord = {
  readonly id: string;
  readonly projectId: number;
  readonly scope: Scope;
  readonly secretSha256: Uint8Array;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
};

/** What is needed of the store. */
export type TokenSource = { tokens(ids: readonly string[]): Promise<TokenRecord[]> };

/** How old an answer of the store may be, ms: so soon a revoked token ends. */
const FRESH_MS = 5_000;
/** Tokens remembered, those of ids that do not exist among them; a flood of these pushes out only what can be asked again. */
const MAX_KNOWN = 10_000;

type Known = { readonly record: TokenRecord | null; readonly readAt: number };
type Watch = { readonly tokenId: string; readonly onEnd: (reason: string) => void };

/** Lets in who brings a token. The store is asked at most once in `FRESH_MS` for one token. */
export class TokenAccess implements Access {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #watches = new Set<Watch>();
  #timer: NodeJS.Timeout | undefined;
  #checking = false;

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.check(), FRESH_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watches.clear();
  }

  async admit(authorization: string | undefined, needed: Scope): Promise<Admission> {
    if (authorization === undefined) return unauthenticated('a token is needed: send "authorization: Bearer tmk_…"');
    const claimed = readToken(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
    if (claimed === null) return unauthenticated('what was sent is no token: expected "authorization: Bearer tmk_…"');
    let record: TokenRecord | null;
    try {
      record = await this.#recordOf(claimed.id);
    } catch (error) {
      return { kind: 'undecided', message: `whether the token is good cannot be told now: ${messageOf(error)}` };
    }
    if (record === null || !timingSafeEqual(record.secretSha256, claimed.secretSha256)) {
      return unauthenticated('the token is not known here');
    }
    const end = this.#endOf(record);
    if (end !== null) return unauthenticated(end);
    const { projectId, scope, id } = record;
    if (!isEnough(scope, needed)) {
      const message = `the token lets its holder ${scope}, this needs one to ${needed}: make one with "tidemark token create"`;
      return { kind: 'refused', why: 'forbidden', message };
    }
    return { kind: 'granted', grant: { projectId, scope, tokenId: id } };
  }

  watch({ tokenId }: Grant, onEnd: (reason: string) => void): () => void {
    if (tokenId === null) return () => undefined;
    const watch: Watch = { tokenId, onEnd };
    this.#watches.add(watch);
    return () => void this.#watches.delete(watch);
  }

  /** Looks whether watched tokens have come to their end. While the store does not answer, they are left as they are. */
  async check(): Promise<void> {
    if (this.#checking || this.#watches.size === 0) return;
    this.#checking = true;
    try {
      const ids = [...new Set([...this.#watches].map(({ tokenId }) => tokenId))];
      const records = new Map((await this.#source.tokens(ids)).map((record) => [record.id, record]));
      for (const id of ids) this.#remember(id, records.get(id) ?? null);
      for (const watch of this.#watches) {
        const record = records.get(watch.tokenId);
        const end = record === undefined ? 'the token was deleted' : this.#endOf(record);
        if (end === null) continue;
        this.#watches.delete(watch);
        watch.onEnd(end);
      }
    } catch {
      // The store is away: nobody can write or read anything anyway, and the next check comes soon.
    } finally {
      this.#checking = false;
    }
  }

  async #recordOf(id: string): Promise<TokenRecord | null> {
    const known = this.#known.get(id);
    if (known !== undefined && this.#clock.now() - known.readAt < FRESH_MS) return known.record;
    try {
      const record = (await this.#source.tokens([id]))[0] ?? null;
      this.#remember(id, record);
      return record;
    } catch (error) {
      // A token that was good stays so while nobody can ask: what it is for will say itself that the store is away.
      if (known !== undefined && known.record !== null) return known.record;
      throw error;
    }
  }

  #remember(id: string, record: TokenRecord | null): void {
    this.#known.delete(id);
    this.#known.set(id, { record, readAt: this.#clock.now() });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) return;
      this.#known.delete(oldest);
    }
  }

  #endOf({ expiresAt, revokedAt }: TokenRecord): string | null {
    if (revokedAt !== null) return `the token was revoked at ${new Date(revokedAt).toISOString()}`;
    if (expiresAt !== null && expiresAt <= this.#clock.now()) {
      return `the token has expired at ${new Date(expiresAt).toISOString()}`;
    }
    return null;
  }
}

function unauthenticated(message: string): Admission {
  return { kind: 'refused', why: 'unauthenticated', message };
}
