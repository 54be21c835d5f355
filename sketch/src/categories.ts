import {
  type CategoriesState,
  encodeCategories,
  encodeListed,
  isNewestForm,
  readCategories,
} from './category-bytes.ts';
import { type CategoryEntry, DEFAULT_CATEGORY_CAP, MAX_CATEGORY_CAP } from './category-entry.ts';
import { categoryKey, ownText } from './category-key.ts';
import { type MergeSide, mergeEntries } from './category-merge.ts';
import { CategoryTable, type ListedCounts } from './category-table.ts';
import { checkCount, sumOfCounts } from './count.ts';
import { Distinct } from './distinct.ts';
import { optionInvalid } from './errors.ts';
import { ListedBytes } from './listed-bytes.ts';
import { readAgain, readKey, readKeys } from './read-keys.ts';

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
  /** The listed keys by strings. null where nothing is listed, or all in bytes. */
  #made: CategoryTable | null = null;
  /** The listed keys as they came in bytes, until something is asked that strings answer. */
  #inBytes: ListedBytes | null = null;
  #total = 0;
  #other = 0;
  #underCount = 0;
  /**
   * null while every key ever counted is listed, with its exact count. From then on what has seen every key: so only a
   * key that is not listed has to be put in.
   */
  #distinct: Distinct | null = null;
  /** Slots in order, until something is counted in or it is packed: who writes both entries and bytes orders them once. */
  #order: Uint16Array | null = null;

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
    return this.#made?.size ?? this.#inBytes?.size ?? 0;
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
    return this.#inBytes?.packed?.length ?? this.size * 128 + (this.#distinct?.memoryBytes ?? 0);
  }

  /**
   * Counts `key` in, `count` times; see `categoryKey` for what becomes of long or malformed keys.
   * Throws SKETCH_VALUE_INVALID unless count is an integer from 1 to 2^53 - 1 and the total stays there.
   */
  add(key: string, count = 1): void {
    if (count !== 1) checkCount(count, 'count');
    this.#order = null;
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
    this.#order = null;
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
    this.#order = null;
    if (this.exact && other.exact && this.#takeIn(other)) {
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

  /** For exact counts on both sides that have room together; else nothing changes. */
  #takeIn(other: Categories): boolean {
    if (other.#made !== null) return this.#table.takeIn(other.#made.keys, other.#made.counts, this.#cap);
    if (other.#inBytes === null) return true;
    const theirs = other.#bytesBySlot(other.#inBytes);
    if (this.#made === null) {
      this.#inBytes ??= new ListedBytes(null, 0);
      return this.#inBytes.takeIn(theirs, this.#cap);
    }
    readAgain(theirs);
    const keys = Array.from({ length: readKeys.length }, (_, i) => readKey(i));
    return this.#made.takeIn(keys, readKeys.counts, this.#cap);
  }

  /** The kept keys by descending count, equal counts by key (UTF-16 order); the first `most` of them. */
  entries(most = Infinity): CategoryEntry[] {
    if (this.#inBytes !== null) return this.#inBytes.entries(most);
    this.#order ??= this.#table.order();
    return Array.from(this.#order.subarray(0, Math.min(most, this.size)), (slot) => this.#table.entry(slot));
  }

  /** The count of `key`, 0 when it is not listed. */
  count(key: string): number {
    return this.#table.count(categoryKey(key));
  }

  /** An independent copy. */
  clone(): Categories {
    const twin = Categories.#of({ ...this.#state(), distinct: this.#distinct?.clone() ?? null });
    const packed = this.#inBytes?.packed;
    if (packed) twin.#inBytes = new ListedBytes(packed, this.size);
    else twin.#table.replace(this.#table.entries());
    return twin;
  }

  /** The byte form, described in category-bytes.ts; at most 30 KiB with 256 keys. */
  toBytes(): Uint8Array {
    // Not `slice`, which copies nothing where the bytes are a Buffer of Node.
    return new Uint8Array(this.passingBytes());
  }

  /** The same for who copies it at once: it is good until the bytes of another are asked for, and not to be changed. */
  passingBytes(): Uint8Array {
    if (this.#inBytes !== null) return this.#inBytes.packed ?? encodeListed(this.#state(), this.#inBytes, 'count');
    const bytes = encodeCategories(this.#state(), this.#table, this.#order ?? this.#table.order());
    this.#order = null;
    return bytes;
  }

  /**
   * What `toBytes` was called on, also in an earlier version, see `distinct`.
   * Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form.
   */
  static fromBytes(bytes: Uint8Array): Categories {
    return Categories.#read(bytes, false);
  }

  /**
   * `fromBytes` of bytes that nobody changes from now on. All of them are checked, but they are kept as they are until what
   * is in them is asked for: for counts that are merged into others, or stored, and then forgotten.
   */
  static over(bytes: Uint8Array): Categories {
    return Categories.#read(bytes, isNewestForm(bytes));
  }

  static #read(bytes: Uint8Array, mayStay: boolean): Categories {
    const state = readCategories(bytes);
    const made = Categories.#of(state);
    // What keeps a Distinct has that in memory anyway.
    if (mayStay && state.exact) made.#inBytes = new ListedBytes(bytes, readKeys.length);
    else made.#table.replaceByRead();
    if (!state.exact) made.#distinct ??= made.#distinctOfListed();
    return made;
  }

  static #of(state: CategoriesState): Categories {
    const made = new Categories({ cap: state.cap });
    made.#total = state.total;
    made.#other = state.other;
    made.#underCount = state.underCount;
    made.#distinct = state.distinct;
    return made;
  }

  /** The listed keys, by strings. */
  get #table(): CategoryTable {
    return this.#made ?? this.#makeTable();
  }

  #makeTable(): CategoryTable {
    this.#made = new CategoryTable();
    if (this.#inBytes !== null) {
      readAgain(this.#bytesBySlot(this.#inBytes));
      this.#made.replaceByRead();
      this.#inBytes = null;
    }
    return this.#made;
  }

  /** In the order in which keys came: it tells which of the rarest gives way to a new one. */
  #bytesBySlot(listed: ListedBytes): Uint8Array {
    return listed.packed ?? encodeListed(this.#state(), listed, 'slot');
  }

  #state(): CategoriesState {
    return {
      cap: this.#cap,
      total: this.#total,
      other: this.#other,
      underCount: this.#underCount,
      exact: this.exact,
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
