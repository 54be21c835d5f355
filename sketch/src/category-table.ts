import type { CategoryEntry } from './category-entry.ts';
import { orderByCount } from './count-order.ts';
import { readKey, readKeys } from './read-keys.ts';

const FIRST_ROOM = 8;
/** Up to so many keys that were listed since are put among the others one by one. */
const FEW_NEW = 16;
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
  /** By slot. */
  keys: string[] = [];
  /** By slot; see ListedCounts. */
  counts: Float64Array = new Float64Array(FIRST_ROOM);
  /** By slot, how much of the count was taken over. */
  overs: Float64Array = new Float64Array(FIRST_ROOM);
  /** null until a place is taken over. */
  #heap: Uint16Array | null = null;
  /** Slots by key; what was listed since they were ordered is not among them. */
  #alphabet: number[] = [];
  /** By slot, the count by which it stands in the heap; at most its count. */
  #heapCounts = new Float64Array(0);

  /** How many keys are listed. */
  get size(): number {
    return this.keys.length;
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
    const slot = this.keys.length;
    if (slot === this.counts.length) this.#grow();
    this.#heap = null;
    this.keys.push(key);
    this.slots.set(key, slot);
    this.counts[slot] = count;
    this.overs[slot] = overCount;
  }

  /**
   * Counts in different keys, where all of them then have one of `cap` places; else changes nothing. Over-counts are left
   * out: neither side may have any.
   */
  takeIn(keys: readonly string[], counts: Float64Array, cap: number): boolean {
    const unlisted: number[] = [];
    const known: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const slot = this.slots.get(keys[i]);
      if (slot === undefined) unlisted.push(i);
      else known.push(slot, counts[i]);
    }
    if (this.size + unlisted.length > cap) return false;
    for (let i = 0; i < known.length; i += 2) this.counts[known[i]] += known[i + 1];
    for (const i of unlisted) this.list(keys[i], counts[i], 0);
    return true;
  }

  /** The slots by descending count, equal counts by key (UTF-16 order). */
  order(): Uint16Array {
    const size = this.keys.length;
    const alphabet = this.#alphabetNow();
    const order = Uint16Array.from(alphabet);
    orderByCount(order, this.counts, size);
    return order;
  }

  /** The slots by key. */
  #alphabetNow(): readonly number[] {
    const { keys } = this;
    const alphabet = this.#alphabet;
    if (keys.length - alphabet.length > FEW_NEW) {
      this.#alphabet = Array.from(keys, (_, slot) => slot).sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
      return this.#alphabet;
    }
    for (let slot = alphabet.length; slot < keys.length; slot++) {
      let low = 0;
      let high = alphabet.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (keys[alphabet[middle]] > keys[slot]) high = middle;
        else low = middle + 1;
      }
      alphabet.splice(low, 0, slot);
    }
    return alphabet;
  }

  /** Gives `key`, which is not listed, the place and the count of the rarest key, which is listed no more. */
  takeOver(key: string, count: number): void {
    const slot = this.#rarest();
    this.#alphabet = [];
    this.slots.delete(this.keys[slot]);
    this.slots.set(key, slot);
    this.keys[slot] = key;
    this.overs[slot] = this.counts[slot];
    this.counts[slot] += count;
  }

  /** The smallest count, Infinity where no key is listed. */
  smallest(): number {
    let smallest = Infinity;
    for (let slot = 0; slot < this.keys.length; slot++) smallest = Math.min(smallest, this.counts[slot]);
    return smallest;
  }

  /** All counts together. */
  sum(): number {
    let sum = 0;
    for (let slot = 0; slot < this.keys.length; slot++) sum += this.counts[slot];
    return sum;
  }

  /** What is listed, in no particular order. */
  entries(): CategoryEntry[] {
    return this.keys.map((_, slot) => this.entry(slot));
  }

  /** What is listed in one slot. */
  entry(slot: number): CategoryEntry {
    return { key: this.keys[slot], count: this.counts[slot], overCount: this.overs[slot] };
  }

  /** Lists these instead of what was listed. */
  replace(entries: readonly CategoryEntry[]): void {
    this.#clear(entries.length);
    for (const { key, count, overCount } of entries) this.list(key, count, overCount);
  }

  /** Lists the keys that were read last instead of what was listed. */
  replaceByRead(): void {
    const { length, counts, overs } = readKeys;
    this.#clear(length);
    for (let i = 0; i < length; i++) this.list(readKey(i), counts[i], overs[i]);
  }

  #clear(room: number): void {
    this.slots.clear();
    this.keys = [];
    this.#alphabet = [];
    if (this.counts.length < room) this.#grow(room);
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
    const size = this.keys.length;
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
    const [counts, overs] = [this.counts, this.overs];
    const room = Math.max(counts.length * 2, least);
    this.counts = new Float64Array(room);
    this.overs = new Float64Array(room);
    this.counts.set(counts);
    this.overs.set(overs);
  }
}
