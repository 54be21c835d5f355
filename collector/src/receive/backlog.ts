import type { BatchOutcome } from '../ingest/group-commit.ts';
import { type BatchName, batchKey } from '../ingest/ingest-store.ts';

/**
 * Memory that the batches of all streams together may take while they wait for their commit, in bytes as `memoryOf` counts
 * them: what the collector can lose to a database that is away.
 */
export const MAX_BACKLOG_BYTES = 256 * 1024 * 1024;

/**
 * What a parsed and checked batch takes of memory, in bytes, at the most. Heap and ArrayBuffers after a collection, on
 * Node 24: 25 KB of 25 series 134 KB, 308 KB of 400 full digests 2.1 MB, 37 KB of 512 series of one category each 925 KB,
 * 188 KB of 4 000 outcomes 1.8 MB, 80 KB of 40 000 empty windows 11 MB: 0.2 to 0.97 of this.
 * @param bytes of it on the wire. @param parts as `glanceAt` counts them.
 */
export function memoryOf(bytes: number, parts: number): number {
  return 8 * bytes + 1_300 * parts;
}

const SHORTEST_RETRY_MS = 1_000;
/** No agent stays away longer, so that catching up begins soon after the store is back; as long as an agent's own longest wait. */
const LONGEST_RETRY_MS = 30_000;
const LONGEST_PAUSE_MS = 5_000;
/** Streams that may come back in one second: each brings up to 16 batches. */
const RETURNS_PER_SECOND = 200;
/** Share of the backlog from which on also those are slowed down whose batches are kept. */
const CROWDED = 0.5;

/** All of it has a default. */
export type BacklogOptions = {
  readonly maxBytes?: number;
  /** In ms, by a clock that does not go back. */
  readonly monotonicNow?: () => number;
  /** A number in [0, 1). */
  readonly random?: () => number;
  /** Told when there is no room any more, and when half of it is free again. */
  readonly onFull?: (isFull: boolean) => void;
};

/** A batch that waits, since when. */
type Held = { readonly outcome: Promise<BatchOutcome>; readonly began: number };

/** What all streams of a server have under way, and how long agents are asked to stay away because of it. */
export class Backlog {
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #onFull: (isFull: boolean) => void;
  /** By `batchKey`; what has waited longest comes first. */
  readonly #held = new Map<string, Held>();
  #bytes = 0;
  #commitMs = 0;
  #failingSinceMs: number | undefined;
  #isFull = false;

  constructor({
    maxBytes = MAX_BACKLOG_BYTES,
    monotonicNow = () => performance.now(),
    random = Math.random,
    onFull = () => undefined,
  }: BacklogOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#now = monotonicNow;
    this.#random = random;
    this.#onFull = onFull;
  }

  /** Memory that waits for its commit. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Holds a batch while it is taken, or answers `null` at once where there is no room for so many bytes. One that comes again
   * while it is held, from an agent that lost patience, waits with the one that came first and takes no room of its own. Where
   * there is no room, and for one that is held, `take` is not called.
   * @throws what `take` throws.
   */
  async hold(name: BatchName, bytes: number, take: () => Promise<BatchOutcome>): Promise<BatchOutcome | null> {
    const key = batchKey(name);
    const known = this.#held.get(key);
    if (known !== undefined) return known.outcome;
    if (this.#bytes + bytes > this.#maxBytes) {
      this.#turn(true);
      return null;
    }
    this.#bytes += bytes;
    const began = this.#now();
    const outcome = (async () => take())().finally(() => {
      this.#bytes -= bytes;
      this.#held.delete(key);
      if (this.#bytes <= this.#maxBytes * CROWDED) this.#turn(false);
    });
    this.#held.set(key, { outcome, began });
    const { kind } = await outcome;
    this.#commitMs = this.#now() - began;
    if (kind !== 'retry') this.#failingSinceMs = undefined;
    else this.#failingSinceMs ??= this.#now();
    return outcome;
  }

  /**
   * A stream's place among those that come back, in [0, 1). It is drawn once for a stream: an agent with 16 batches heeds the
   * longest of 16 waits, and were each drawn anew, all agents would come back near the end of the span, together.
   */
  drawPlace(): number {
    return this.#random();
  }

  /**
   * How long an agent waits before it sends again what was not kept, in ms: as long as two commits took, as what has waited
   * longest has waited, or a quarter of the time that commits have failed, whichever is most; and up to twice that by its
   * place, or more where many streams have to be spread.
   */
  retryMs(streams: number, place: number): number {
    const failingMs = this.#failingSinceMs === undefined ? 0 : this.#now() - this.#failingSinceMs;
    const base = Math.max(SHORTEST_RETRY_MS, 2 * this.#commitMs, this.#longestMs(), failingMs / 4);
    return spread(base, streams, place, LONGEST_RETRY_MS);
  }

  /** How long an agent whose batch was kept waits before its next, in ms: 0 unless the backlog is half full. */
  pauseMs(streams: number, place: number): number {
    const excess = this.#bytes / this.#maxBytes - CROWDED;
    if (excess <= 0) return 0;
    const base = Math.max(SHORTEST_RETRY_MS, this.#commitMs) * (excess / (1 - CROWDED));
    return spread(base, streams, place, LONGEST_PAUSE_MS);
  }

  /** How long the one has waited that has waited longest. */
  #longestMs(): number {
    const oldest = this.#held.values().next().value;
    return oldest === undefined ? 0 : this.#now() - oldest.began;
  }

  #turn(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#onFull(isFull);
  }
}

/** Between `base` and twice that by `place`, and wider where many streams are to be spread; the cap takes nothing of the spread. */
function spread(base: number, streams: number, place: number, longest: number): number {
  const width = Math.min(longest / 2, Math.max(base, (streams / RETURNS_PER_SECOND) * 1_000));
  return Math.ceil(Math.min(base, longest - width) + width * place);
}
