import { decodeCategories, encodeCategories } from './category-bytes.ts';
import { type CategoriesState, type CategoryEntry, DEFAULT_CATEGORY_CAP, MAX_CATEGORY_CAP } from './category-entry.ts';
import { categoryKey } from './category-key.ts';
import { checkCount, sumOfCounts } from './count.ts';
import { optionInvalid } from './errors.ts';

/** Options of a Categories: `cap`, how many keys it keeps, 1 to 4 096 (256). */
export type CategoriesOptions = { readonly cap?: number };

/**
 * Counts of the most frequent strings of a stream, exact while there are at most `cap` different ones.
 *
 * Beyond that it is the space-saving sketch of Metwally, Agrawal and El Abbadi (2005): a new key takes over the place and
 * the count of the rarest one and reports what it took over as `overCount`. Merging adds the counts of two sketches up;
 * what does not fit goes to `other`. Always: total = sum of the listed counts + other; a listed key occurred at least
 * count - overCount and at most count + underCount times, a key that is not listed at most `unlistedMost` times.
 */
export class Categories {
  readonly #cap: number;
  readonly #counts = new Map<string, number>();
  readonly #over = new Map<string, number>();
  #total = 0;
  #other = 0;
  #underCount = 0;
  #exact = true;
  /** Keys that had the smallest count when last looked, in the order in which they go. */
  #rarest: string[] = [];
  #rarestCount = 0;

  /** Throws SKETCH_OPTION_INVALID for a cap out of range. */
  constructor(options: CategoriesOptions = {}) {
    const cap = options.cap ?? DEFAULT_CATEGORY_CAP;
    if (!Number.isInteger(cap) || cap < 1 || cap > MAX_CATEGORY_CAP) {
      throw optionInvalid(`cap must be an integer from 1 to ${MAX_CATEGORY_CAP}, got ${String(cap)}`);
    }
    this.#cap = cap;
  }

  /** How many keys are kept at most. */
  get cap(): number {
    return this.#cap;
  }

  /** How many strings were counted in, exact. */
  get total(): number {
    return this.#total;
  }

  /** How many keys are listed. */
  get size(): number {
    return this.#counts.size;
  }

  /** How many of the total belong to no listed key; 0 until sketches with more than `cap` keys in all are merged. */
  get other(): number {
    return this.#other;
  }

  /** By how much at most a listed key's count can be too low; 0 until sketches that lost keys are merged. */
  get underCount(): number {
    return this.#underCount;
  }

  /** Whether every key ever counted is listed, with its exact count. */
  get exact(): boolean {
    return this.#exact;
  }

  /** How often a key that is not listed can have occurred at most. */
  get unlistedMost(): number {
    return this.#exact ? 0 : this.#smallest() + this.#underCount;
  }

  /**
   * Counts `key` in, `count` times; see `categoryKey` for what becomes of long or malformed keys.
   * Throws SKETCH_VALUE_INVALID unless count is an integer from 1 to 2^53 - 1 and the total stays there.
   */
  add(key: string, count = 1): void {
    if (count !== 1) checkCount(count, 'count');
    this.#total = sumOfCounts(this.#total, count);
    // What is listed is a key as it stands; only what is not may have to be made one.
    const listed = this.#counts.get(key);
    if (listed !== undefined) {
      this.#counts.set(key, listed + count);
      return;
    }
    this.#addKey(ownText(categoryKey(key)), count);
  }

  #addKey(kept: string, count: number): void {
    const before = this.#counts.get(kept);
    if (before !== undefined) {
      this.#counts.set(kept, before + count);
      return;
    }
    if (this.#counts.size < this.#cap) {
      this.#counts.set(kept, count);
      // A place is free after a merge dropped keys: this one may have been among them, underCount allows for that.
      this.#rarestCount = 0;
      return;
    }
    this.#exact = false;
    const rarest = this.#takeRarest();
    const inherited = this.#counts.get(rarest) as number;
    this.#counts.delete(rarest);
    this.#over.delete(rarest);
    this.#counts.set(kept, inherited + count);
    this.#over.set(kept, inherited);
  }

  /** Counts in everything `other` has. Throws SKETCH_VALUE_INVALID when the totals exceed 2^53 - 1. */
  merge(other: Categories): void {
    const total = sumOfCounts(this.#total, other.#total);
    // A key that only one side lists may have occurred this often on the other.
    const missed = this.unlistedMost + other.unlistedMost;
    const entries = new Map(this.#counts);
    for (const [key, count] of other.#counts) entries.set(key, (entries.get(key) ?? 0) + count);
    const over = new Map(this.#over);
    for (const [key, count] of other.#over) over.set(key, (over.get(key) ?? 0) + count);

    this.#total = total;
    this.#other += other.#other;
    this.#underCount = Math.max(missed, this.#underCount + other.#underCount);
    this.#exact = this.#exact && other.#exact && entries.size <= this.#cap;
    this.#list([...entries].map(([key, count]) => ({ key, count, overCount: over.get(key) ?? 0 })));
  }

  /** The kept keys by descending count, equal counts by key (UTF-16 order). */
  entries(): CategoryEntry[] {
    return [...this.#counts]
      .map(([key, count]) => ({ key, count, overCount: this.#over.get(key) ?? 0 }))
      .sort(byCountThenKey);
  }

  /** The count of `key`, 0 when it is not listed. */
  count(key: string): number {
    return this.#counts.get(categoryKey(key)) ?? 0;
  }

  /** An independent copy. */
  clone(): Categories {
    return Categories.#of(this.#state());
  }

  /** The byte form, described in category-bytes.ts. */
  toBytes(): Uint8Array {
    return encodeCategories(this.#state());
  }

  /** What `toBytes` was called on. Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form. */
  static fromBytes(bytes: Uint8Array): Categories {
    return Categories.#of(decodeCategories(bytes));
  }

  static #of(state: CategoriesState): Categories {
    const made = new Categories({ cap: state.cap });
    made.#total = state.total;
    made.#other = state.other;
    made.#underCount = state.underCount;
    made.#exact = state.exact;
    made.#list(state.entries);
    return made;
  }

  #state(): CategoriesState {
    return {
      cap: this.#cap,
      total: this.#total,
      other: this.#other,
      underCount: this.#underCount,
      exact: this.#exact,
      entries: this.entries(),
    };
  }

  /** Makes the most frequent of `entries` the listed ones; the counts of the rest go to `other`. */
  #list(entries: CategoryEntry[]): void {
    this.#counts.clear();
    this.#over.clear();
    this.#rarestCount = 0;
    entries.sort(byCountThenKey);
    for (const { key, count, overCount } of entries.slice(0, this.#cap)) {
      this.#counts.set(key, count);
      if (overCount > 0) this.#over.set(key, overCount);
    }
    for (const { count } of entries.slice(this.#cap)) this.#other += count;
  }

  /** The key to give up: of those with the smallest count, the first in the map. */
  #takeRarest(): string {
    for (;;) {
      const key = this.#rarest.pop();
      if (key === undefined || this.#rarestCount === 0) this.#findRarest();
      else if (this.#counts.get(key) === this.#rarestCount) return key;
    }
  }

  #findRarest(): void {
    this.#rarestCount = this.#smallest();
    this.#rarest = [];
    for (const [key, count] of this.#counts) if (count === this.#rarestCount) this.#rarest.push(key);
    this.#rarest.reverse();
  }

  #smallest(): number {
    let smallest = Infinity;
    for (const count of this.#counts.values()) if (count < smallest) smallest = count;
    return smallest;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
// Shorter slices are copies in V8 (SlicedString::kMinLength).
const SHORTEST_SLICE = 13;

/** A copy that shares no memory: a key cut out of a large text must not keep the large text. */
function ownText(key: string): string {
  return key.length < SHORTEST_SLICE ? key : decoder.decode(encoder.encode(key));
}

function byCountThenKey(a: CategoryEntry, b: CategoryEntry): number {
  return b.count - a.count || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
