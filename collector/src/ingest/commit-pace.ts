import { type ValidBatch, versionKey } from './batch.ts';

/** How long a commit may wait after the one before began, in ms; agents send once in ten seconds. */
export const COMMIT_SPAN_MS = 2_000;
/** A source counts as heard for so long, in ms: that of an agent's flush. */
const HEARD_MS = 10_000;
/** While no more sources than these are heard of a model version, nothing is gained by waiting for others. */
const FEW_SOURCES = 4;
/** So many batches of one source: half of what it may have unacknowledged. It has more to send than it gets receipts for. */
const MANY_OF_ONE = 8;
/** Batches, and summaries, of one commit at most; bounds the length of a transaction. */
const MAX_BATCHES = 1_024;
const MAX_SUMMARIES = 32_768;

/**
 * Decides how long a commit waits for more batches. Agents of one model write the same windows: what they send within a
 * span is written once instead of once for each of them, so that writes grow with series and not with agents. Where
 * agents serve models of their own no two of them meet in a row, and nothing waits.
 */
export class CommitPace {
  readonly #spanMs: number;
  /** When each source was heard last; the one heard longest ago comes first. */
  readonly #heard = new Map<string, number>();
  /** Of each model version when the last sources were heard, one more than are few; of both what was heard longest ago comes first. */
  readonly #sharing = new Map<string, Map<string, number>>();
  readonly #waiting = new Map<string, number>();
  /** Whether what waits is of a version that more than few sources serve. */
  #isShared = false;
  #batches = 0;
  #summaries = 0;
  #lastBegan = -Infinity;

  /** @param spanMs 0 = nothing ever waits. */
  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** A batch has come and waits. @param now in ms, by any clock that does not go back. */
  add(batch: ValidBatch, now: number): void {
    this.#heard.delete(batch.source);
    this.#heard.set(batch.source, now);
    for (const [source, at] of this.#heard) {
      if (now - at <= HEARD_MS) break;
      this.#heard.delete(source);
    }
    const versions = versionsOf(batch);
    for (const version of versions) this.#hear(version, batch.source, now);
    for (const [version, sources] of this.#sharing) {
      if (now - Math.max(...sources.values()) <= HEARD_MS) break;
      this.#sharing.delete(version);
    }
    this.#wait(batch, versions, now);
  }

  /** How long the commit of what waits is to wait, in ms; 0 = not at all. */
  waitMs(now: number): number {
    // Where everybody who is heard has sent something, nobody is left to wait for.
    const hasAll = this.#waiting.size >= this.#heard.size;
    if (!this.#isShared || hasAll || this.#isFull || this.#isHurried) return 0;
    return Math.max(0, this.#lastBegan + this.#spanMs - now);
  }

  /** How many of these go into the commit that begins now; they and those that are `blocked` are all that wait. */
  begin(waiting: readonly ValidBatch[], now: number, blocked: readonly ValidBatch[] = []): number {
    let [count, summaries] = [0, 0];
    for (const batch of waiting.slice(0, MAX_BATCHES)) {
      summaries += summariesOf(batch);
      if (count > 0 && summaries > MAX_SUMMARIES) break;
      count += 1;
    }
    this.#lastBegan = now;
    this.#waiting.clear();
    this.#batches = 0;
    this.#summaries = 0;
    this.#isShared = false;
    for (const batch of [...waiting.slice(count), ...blocked]) this.#wait(batch, versionsOf(batch), now);
    return count;
  }

  #hear(version: string, source: string, now: number): void {
    const sources = this.#sharing.get(version) ?? new Map<string, number>();
    this.#sharing.delete(version);
    this.#sharing.set(version, sources);
    sources.delete(source);
    sources.set(source, now);
    for (const longestAgo of sources.keys()) {
      if (sources.size <= FEW_SOURCES + 1) break;
      sources.delete(longestAgo);
    }
  }

  #wait(batch: ValidBatch, versions: readonly string[], now: number): void {
    this.#batches += 1;
    this.#summaries += summariesOf(batch);
    this.#waiting.set(batch.source, (this.#waiting.get(batch.source) ?? 0) + 1);
    this.#isShared ||= versions.some((version) => this.#isServedByMany(version, now));
  }

  #isServedByMany(version: string, now: number): boolean {
    const heard = [...(this.#sharing.get(version)?.values() ?? [])];
    return heard.length > FEW_SOURCES && heard.every((at) => now - at <= HEARD_MS);
  }

  get #isFull(): boolean {
    return this.#batches >= MAX_BATCHES || this.#summaries >= MAX_SUMMARIES;
  }

  get #isHurried(): boolean {
    for (const count of this.#waiting.values()) if (count >= MANY_OF_ONE) return true;
    return false;
  }
}

/** The model versions of which a batch has windows, each once. */
function versionsOf({ projectId, windows }: ValidBatch): string[] {
  return [...new Set(windows.map(({ model, version }) => versionKey({ projectId, model, version })))];
}

/** Summaries that a batch brings. */
export function summariesOf({ windows }: ValidBatch): number {
  return windows.reduce((sum, { summaries }) => sum + summaries.length, 0);
}
