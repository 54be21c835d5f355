import { type CategoriesState, decodeCategories, encodeCategories } from './category-bytes.ts';
import { byCountThenKey, type CategoryEntry, DEFAULT_CATEGORY_CAP, MAX_CATEGORY_CAP } from './category-entry.ts';
import { categoryKey, ownText } from './category-key.ts';
import { type MergeSide, mergeEntries } from './category-merge.ts';
import { CategoryTable, type ListedCounts } from './category-table.ts';
import { checkCount, sumOfCounts } from './count.ts';
import { Distinct } from './distinct.ts';
import { optionInvalid } from './errors.ts';

/** Options of a Categories: `cap`, how many keys it keeps, 1 to 4 096 (256). */
export type CategoriesOptions = { readonly cap?: number };

/**
 * Counts of the most frequent strings of a stream and how many different ones there are, exact while these are at most
 * `cap`.
 *
 * Beyond that it is the space-saving sketch of Metwally, Agrawal and El Abbadi (2005): a new key takes over the place and
 * the count of the rarest one and reports what it took over as `overCount`. Whatever is merged in any order, a key of
 * more than total / cap is listed (category-merge.ts says why), as long as no side had a smaller cap.
 * Always: total = sum of the listed counts + other; a listed key occurred at least count - overCount and at most
 * count + underCount times, a key that is not listed at most `unlistedMost` times.
 */
export class Categories {
  readonly #cap: number;
  readonly #table = new CategoryTable();
  #total = 0;
  #other = 0;
  #underCount = 0;
  /**
   * null while every key ever counted is listed, with its exact count. From then on what has seen every key: so only a
   * key that is not listed has to be put in.
   */
  #distinct: Distinct | null = null;
  /** What `entries` answered last, until something is counted in or it is packed: who writes both sorts once. */
  #sorted: readonly CategoryEntry[] | null = null;

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
    return this.#table.size;
  }

  /** What is left of the total beyond the listed counts; 0 until sketches with more than `cap` keys in all are merged. */
  get other(): number {
    return this.#other;
  }

  /**
   * By how much at most a listed key's count can be too low; 0 unless bytes of version 1 or sketches with a smaller cap
   * that are not exact were merged in.
   */
  get underCount(): number {
    return this.#underCount;
  }

  /** Whether every key ever counted is listed, with its exact count. */
  get exact(): boolean {
    return this.#distinct === null;
  }

  /** How often a key that is not listed can have occurred at most. */
  get unlistedMost(): number {
    return Math.min(this.#floor() + this.#underCount, this.#total);
  }

  /**
   * How many different keys were counted in: `size` while exact, else the estimate of a Distinct, which depends on the
   * set of keys only, not on how it was parted and merged; at least `size`, at most `total`. After bytes of version 1
   * that were not exact it starts from the keys they list and is too low until the others come again.
   */
  get distinct(): number {
    if (this.#distinct === null) return this.size;
    return Math.min(Math.max(this.#distinct.estimate(), this.size), this.#total);
  }

  /** Relative standard error of `distinct`: 0 while exact and up to 2 048 keys, 0.0081 beyond. */
  get distinctError(): number {
    return this.#distinct?.standardError ?? 0;
  }

  /** About how many bytes of memory this takes: 128 a key, which leaves room for the longest, and the Distinct. */
  get memoryBytes(): number {
    return this.size * 128 + (this.#distinct?.memoryBytes ?? 0);
  }

  /**
   * Counts `key` in, `count` times; see `categoryKey` for what becomes of long or malformed keys.
   * Throws SKETCH_VALUE_INVALID unless count is an integer from 1 to 2^53 - 1 and the total stays there.
   */
  add(key: string, count = 1): void {
    if (count !== 1) checkCount(count, 'count');
    this.#sorted = null;
    this.#total = sumOfCounts(this.#total, count);
    // What is listed is a key as it stands; only what is not may have to be made one.
    if (this.#table.bump(key, count)) return;
    const kept = categoryKey(key);
    if (kept !== key && this.#table.bump(kept, count)) return;
    this.#addUnlisted(ownText(kept), count);
  }

  /** The listed keys, for code that counts them by itself and calls `recount` before anything else is asked. */
  get listed(): ListedCounts {
    return this.#table;
  }

  /** Takes note of what was counted into `listed`. */
  recount(): void {
    this.#sorted = null;
    this.#total = this.#table.sum() + this.#other;
  }

  #addUnlisted(key: string, count: number): void {
    const full = this.size === this.#cap;
    if (full && this.#distinct === null) this.#distinct = this.#distinctOfListed();
    this.#distinct?.add(key);
    if (full) this.#table.takeOver(key, count);
    else this.#table.list(key, count, 0);
  }

  /** Counts in everything `other` has. Throws SKETCH_VALUE_INVALID when the totals exceed 2^53 - 1. */
  merge(other: Categories): void {
    const total = sumOfCounts(this.#total, other.#total);
    this.#sorted = null;
    if (this.exact && other.exact && this.#table.takeIn(other.#table, this.#cap)) {
      this.#total = total;
      return;
    }
    // A floor of fewer places would lift the counts above the total: it is reported as an under-count instead.
    const fine = other.#cap >= this.#cap;
    const theirs: MergeSide = { entries: other.#table.entries(), floor: fine ? other.#floor() : 0 };
    const ours: MergeSide = { entries: this.#table.entries(), floor: this.#floor() };
    const underCount = this.#underCount + other.#underCount + (fine ? 0 : other.#floor());
    const { kept, dropped } = mergeEntries(ours, theirs, this.#cap);
    if (dropped || !this.exact || !other.exact) {
      const distinct = this.#distinct ?? this.#distinctOfListed();
      distinct.merge(other.#distinct ?? other.#distinctOfListed());
      this.#distinct = distinct;
    }
    this.#total = total;
    this.#underCount = Math.min(underCount, total);
    this.#table.replace(kept);
    this.#other = kept.reduce((left, { count }) => left - count, total);
  }

  /** The kept keys by descending count, equal counts by key (UTF-16 order). */
  entries(): readonly CategoryEntry[] {
    this.#sorted ??= this.#table.entries().sort(byCountThenKey);
    return this.#sorted;
  }

  /** The count of `key`, 0 when it is not listed. */
  count(key: string): number {
    return this.#table.count(categoryKey(key));
  }

  /** An independent copy. */
  clone(): Categories {
    return Categories.#of({ ...this.#state(), distinct: this.#distinct?.clone() ?? null });
  }

  /** The byte form, described in category-bytes.ts; at most 30 KiB with 256 keys. */
  toBytes(): Uint8Array {
    const bytes = encodeCategories(this.#state());
    // Those that are held for long are packed and left alone: what was sorted would double their memory.
    this.#sorted = null;
    return bytes;
  }

  /**
   * What `toBytes` was called on, also in an earlier version, see `distinct`.
   * Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form.
   */
  static fromBytes(bytes: Uint8Array): Categories {
    return Categories.#of(decodeCategories(bytes));
  }

  static #of(state: CategoriesState): Categories {
    const made = new Categories({ cap: state.cap });
    made.#total = state.total;
    made.#other = state.other;
    made.#underCount = state.underCount;
    made.#table.replace(state.entries);
    if (!state.exact) made.#distinct = state.distinct ?? made.#distinctOfListed();
    return made;
  }

  #state(): CategoriesState {
    return {
      cap: this.#cap,
      total: this.#total,
      other: this.#other,
      underCount: this.#underCount,
      exact: this.exact,
      entries: this.entries(),
      distinct: this.#distinct,
    };
  }

  /** The most that a key which is not listed can count here; 0 also while places are free, see category-merge.ts. */
  #floor(): number {
    return this.exact || this.size < this.#cap ? 0 : this.#table.smallest();
  }

  #distinctOfListed(): Distinct {
    const distinct = new Distinct();
    for (const { key } of this.#table.entries()) distinct.add(key);
    return distinct;
  }
}
