import type { AgentNote } from './ingest-store.ts';

/**
 * How long an agent's row stands before it is written again, in ms. What it says of itself is written with every batch,
 * and the time of that is exact; this one serves agents that say nothing, of whom the finest question is whether they
 * were heard of within two minutes (`store-figures`).
 */
const WRITTEN_EVERY_MS = 60_000;

/** Agents remembered, at some hundred bytes each. */
const MAX_KNOWN = 50_000;

/**
 * Which agents' rows are due to be written: those this collector has not written lately. Who an agent is never changes
 * under its source, so only time makes a row due.
 */
export class AgentNotes {
  readonly #capacity: number;
  /** When each was written, in the order they were. */
  readonly #writtenAt = new Map<string, number>();

  constructor(capacity = MAX_KNOWN) {
    this.#capacity = capacity;
  }

  /** Agents remembered. */
  get size(): number {
    return this.#writtenAt.size;
  }

  /** Those of `notes` whose row is due at `now` (ms, monotonic). */
  dueOf(notes: readonly AgentNote[], now: number): AgentNote[] {
    return notes.filter((note) => now - (this.#writtenAt.get(keyOf(note)) ?? -Infinity) >= WRITTEN_EVERY_MS);
  }

  /** Takes over what has been committed, as of `now`; what was written longest ago makes room. */
  adopt(written: readonly AgentNote[], now: number): void {
    for (const note of written) {
      this.#writtenAt.delete(keyOf(note));
      this.#writtenAt.set(keyOf(note), now);
    }
    for (const oldest of this.#writtenAt.keys()) {
      if (this.#writtenAt.size <= this.#capacity) return;
      this.#writtenAt.delete(oldest);
    }
  }

  /** After a commit that failed, all of them: somebody may have deleted a row, without which no health can be kept. */
  forget(): void {
    this.#writtenAt.clear();
  }
}

function keyOf({ projectId, source }: AgentNote): string {
  return `${projectId}/${source}`;
}
