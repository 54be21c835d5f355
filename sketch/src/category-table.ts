import type { CategoryEntry } from './category-entry.ts';

const FIRST_ROOM = 8;

/**
 * The listed keys and their counts, for code that counts by itself where a call for each key would cost more than the
 * counting: `counts[slots.get(key)]++`. `counts` is another array whenever keys are added otherwise.
 */
export type ListedCounts = { readonly slots: ReadonlyMap<string, number>; readonly counts: Float64Array };

/**
 * The listed keys of a Categories with their counts, and which of them is the rarest.
 *
 * Keys have slots 0, 1, 2, ...; a key that takes over another's place takes its slot. The rarest comes from a binary heap
 * of slots, ordered by the count each had when it was last moved: counts only grow, so counting a key costs the heap
 * nothing, and a root whose count has grown is sunk when it is looked at. Every sinking is paid for by at least one count
 * since the last one of that slot: O(log slots) a count, amortised, whatever the stream.
 */
export class CategoryTable {
  /** By key; see ListedCounts. */
  readonly slots: Map<string, number> = new Map();
  #keys: string[] = [];
  /** By slot; see ListedCounts. */
  counts: Float64Array = new Float64Array(FIRST_ROOM);
  #overs = new Float64Array(FIRST_ROOM);
  /** null until a place is taken over. */
  #heap: Uint16Array | null = null;
  /** By slot, the count by which it stands in the heap; at most its count. */
  #heapCounts = new Float64Array(0);

  /** How many keys are listed. */
  get size(): number {
    return this.#keys.length;
  }

  /** Counts `key` `count` times, if it is listed; returns whether it is. */
  bump(key: string, count: number): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    this.counts[slot] += count;
    return true;
  }

  /** The count of `key`, 0 when it is not listed. */
  count(key: string): number {
    const slot = this.slots.get(key);
    return slot === undefined ? 0 : this.counts[slot];
  }

  /** Lists `key`, which is not listed yet. */
  list(key: string, count: number, overCount: number): void {
    const slot = this.#keys.length;
    if (slot === this.counts.length) this.#grow();
    this.#heap = null;
    this.#keys.push(key);
    this.slots.set(key, slot);
    this.counts[slot] = count;
    this.#overs[slot] = overCount;
  }

  /**
   * Counts in every key of `other`, where all of them then have a place; else changes nothing. Over-counts are left out:
   * neither side may have any.
   */
  takeIn(other: CategoryTable, cap: number): boolean {
    const unlisted: number[] = [];
    const known: number[] = [];
    for (let slot = 0; slot < other.#keys.length; slot++) {
      const ours = this.slots.get(other.#keys[slot]);
      if (ours === undefined) unlisted.push(slot);
      else known.push(ours, other.counts[slot]);
    }
    if (this.size + unlisted.length > cap) return false;
    for (let i = 0; i < known.length; i += 2) this.counts[known[i]] += known[i + 1];
    for (const slot of unlisted) this.list(other.#keys[slot], other.counts[slot], 0);
    return true;
  }

  /** Gives `key`, which is not listed, the place and the count of the rarest key, which is listed no more. */
  takeOver(key: string, count: number): void {
    const slot = this.#rarest();
    this.slots.delete(this.#keys[slot]);
    this.slots.set(key, slot);
    this.#keys[slot] = key;
    this.#overs[slot] = this.counts[slot];
    this.counts[slot] += count;
  }

  /** The smallest count, Infinity where no key is listed. */
  smallest(): number {
    let smallest = Infinity;
    for (let slot = 0; slot < this.#keys.length; slot++) smallest = Math.min(smallest, this.counts[slot]);
    return smallest;
  }

  /** All counts together. */
  sum(): number {
    let sum = 0;
    for (let slot = 0; slot < this.#keys.length; slot++) sum += this.counts[slot];
    return sum;
  }

  /** What is listed, in no particular order. */
  entries(): CategoryEntry[] {
    return this.#keys.map((key, slot) => ({ key, count: this.counts[slot], overCount: this.#overs[slot] }));
  }

  /** Lists these instead of what was listed. */
  replace(entries: readonly CategoryEntry[]): void {
    this.slots.clear();
    this.#keys = [];
    if (this.counts.length < entries.length) this.#grow(entries.length);
    for (const { key, count, overCount } of entries) this.list(key, count, overCount);
  }

  /** The slot of a key with the smallest count. */
  #rarest(): number {
    const heap = this.#heap ?? this.#makeHeap();
    for (;;) {
      const slot = heap[0];
      if (this.#heapCounts[slot] === this.counts[slot]) return slot;
      this.#heapCounts[slot] = this.counts[slot];
      this.#sink(heap, 0);
    }
  }

  #makeHeap(): Uint16Array {
    const size = this.#keys.length;
    this.#heapCounts = this.counts.slice(0, size);
    this.#heap = Uint16Array.from({ length: size }, (_, slot) => slot);
    for (let at = (size >>> 1) - 1; at >= 0; at--) this.#sink(this.#heap, at);
    return this.#heap;
  }

  #sink(heap: Uint16Array, from: number): void {
    const counts = this.#heapCounts;
    const slot = heap[from];
    const count = counts[slot];
    let at = from;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && counts[heap[child + 1]] < counts[heap[child]]) child++;
      if (counts[heap[child]] >= count) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = slot;
  }

  #grow(least = 0): void {
    const [counts, overs] = [this.counts, this.#overs];
    const room = Math.max(counts.length * 2, least);
    this.counts = new Float64Array(room);
    this.#overs = new Float64Array(room);
    this.counts.set(counts);
    this.#overs.set(overs);
  }
}
