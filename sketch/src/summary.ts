import { Categories } from './categories.ts';
import { Digest } from './digest.ts';
import { optionInvalid, valueInvalid } from './errors.ts';
import { Kinds } from './kinds.ts';
import { Moments } from './moments.ts';
import type { SizeRule } from './size-rule.ts';

/** What a series is made of: numbers, or strings and booleans. */
export type SeriesKind = 'number' | 'category';

/** Options of a Summary. */
export type SummaryOptions = {
  /** Size rule of the digest of a 'number' series. */
  readonly sizeRule?: SizeRule;
  /** How many categories of a 'category' series are kept, see Categories. */
  readonly cap?: number;
  /** Declared range of a 'number' series, both ends inclusive; valid numbers outside are counted as out of range too. */
  readonly range?: { readonly min?: number; readonly max?: number };
  /** Declared categories of a 'category' series; valid ones not among them are counted as unseen too. */
  readonly known?: ReadonlySet<string>;
};

/** The sketches a Summary is put together from; those of the other kind are left out. */
export type SummaryParts = {
  readonly kinds: Kinds;
  readonly moments?: Moments;
  readonly digest?: Digest;
  readonly categories?: Categories;
};

// Numbers go through a small block into the sketches, which take many at once at a fraction of the cost of one.
const BLOCK = 64;
const NO_BLOCK = new Float64Array(0);

/** What is kept of one series in one window: counts by kind, and the sketches its kind asks for. */
export class Summary {
  readonly kind: SeriesKind;
  readonly #kinds: Kinds;
  /** Finite numbers that no sketch and no count has seen yet. */
  #block: Float64Array = NO_BLOCK;
  #blockCount = 0;
  readonly #options: SummaryOptions;
  readonly #min: number;
  readonly #max: number;
  #moments: Moments | undefined;
  #digest: Digest | undefined;
  #categories: Categories | undefined;

  /** Throws SKETCH_OPTION_INVALID for a range that is none. */
  constructor(kind: SeriesKind, options: SummaryOptions = {}) {
    if (kind !== 'number' && kind !== 'category') throw optionInvalid(`unknown series kind ${String(kind)}`);
    this.kind = kind;
    this.#kinds = new Kinds();
    this.#options = options;
    this.#min = options.range?.min ?? -Infinity;
    this.#max = options.range?.max ?? Infinity;
    if (!(this.#min <= this.#max))
      throw optionInvalid(`range must run from min to max, got ${this.#min} to ${this.#max}`);
  }

  /**
   * A summary of parts that were made or decoded elsewhere, which it owns from now on. Throws SKETCH_VALUE_INVALID when
   * they cannot be of one stream: counts that differ, extremes that differ, or sketches of the other kind.
   */
  static fromParts(kind: SeriesKind, parts: SummaryParts, options: SummaryOptions = {}): Summary {
    const summary = new Summary(kind, options);
    Object.assign(summary.kinds, parts.kinds);
    summary.#moments = parts.moments;
    summary.#digest = parts.digest;
    summary.#categories = parts.categories;
    const fault = kind === 'number' ? summary.#numberFault() : summary.#categoryFault();
    if (fault !== null) throw valueInvalid(`parts of a ${kind} summary: ${fault}`);
    return summary;
  }

  /** Counts by kind, of all values so far. */
  get kinds(): Kinds {
    if (this.#blockCount > 0) this.#empty();
    return this.#kinds;
  }

  /** Moments of the valid numbers; stays empty for a 'category' series. */
  get moments(): Moments {
    if (this.#blockCount > 0) this.#empty();
    this.#moments ??= new Moments();
    return this.#moments;
  }

  /** Digest of the valid numbers; stays empty for a 'category' series. */
  get digest(): Digest {
    if (this.#blockCount > 0) this.#empty();
    const { sizeRule } = this.#options;
    this.#digest ??= new Digest(sizeRule ? { sizeRule } : {});
    return this.#digest;
  }

  /** Counts of the valid categories; stays empty for a 'number' series. */
  get categories(): Categories {
    const { cap } = this.#options;
    this.#categories ??= new Categories(cap === undefined ? {} : { cap });
    return this.#categories;
  }

  /**
   * Counts one observed value in, whatever it is; never throws for a value. null and undefined are missing. A 'number'
   * series takes numbers and bigints (rounded to the nearest double); a 'category' series takes strings, booleans and
   * finite numbers, as `String` writes them. Everything else is of the wrong type.
   */
  add(value: unknown): void {
    if (this.kind === 'number') {
      if (typeof value === 'number') this.#addNumber(value);
      else if (typeof value === 'bigint') this.#addNumber(Number(value));
      else this.#addOdd(value);
      return;
    }
    if (typeof value === 'string') this.#addCategory(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.#addCategory(String(value));
    else if (typeof value === 'number' && Number.isFinite(value)) this.#addCategory(String(value));
    else if (typeof value === 'number') this.#addNotFinite(value);
    else this.#addOdd(value);
  }

  /**
   * Counts `count` values in, as `add` does one by one: those at `first`, `first + stride`, ... of `values`, which are
   * numbers. One column of a table that is kept row by row.
   */
  addStrided(values: ArrayLike<number>, first: number, stride: number, count: number): void {
    if (this.kind === 'number') {
      this.#addNumbers(values, first, stride, count);
      return;
    }
    for (let i = 0, at = first; i < count; i++, at += stride) this.add(values[at]);
  }

  /** Counts in everything `other` has. Throws SKETCH_VALUE_INVALID when it is of the other kind. */
  merge(other: Summary): void {
    if (other.kind !== this.kind) throw valueInvalid(`a ${this.kind} summary cannot take in a ${other.kind} summary`);
    if (this.kind === 'number') {
      this.digest.merge(other.digest);
      this.moments.merge(other.moments);
    } else {
      this.categories.merge(other.categories);
    }
    this.kinds.merge(other.kinds);
  }

  /** An independent copy. */
  clone(): Summary {
    if (this.#blockCount > 0) this.#empty();
    const twin = new Summary(this.kind, this.#options);
    Object.assign(twin.kinds, this.kinds);
    twin.#moments = this.#moments?.clone();
    twin.#digest = this.#digest?.clone();
    twin.#categories = this.#categories?.clone();
    return twin;
  }

  #addNumber(value: number): void {
    // value - value is 0 for finite numbers only.
    if (value - value !== 0) {
      this.#addNotFinite(value);
      return;
    }
    if (this.#blockCount === this.#block.length) this.#makeRoom();
    this.#block[this.#blockCount++] = value;
  }

  #addNumbers(values: ArrayLike<number>, first: number, stride: number, count: number): void {
    for (let done = 0, turn = 0; done < count; done += turn) {
      if (this.#blockCount === this.#block.length) this.#makeRoom();
      const block = this.#block;
      let filled = this.#blockCount;
      turn = Math.min(count - done, block.length - filled);
      for (let i = done, at = first + done * stride; i < done + turn; i++, at += stride) {
        const value: unknown = values[at];
        if (typeof value === 'number' && value - value === 0) block[filled++] = value;
        else if (typeof value === 'number') this.#addNotFinite(value);
        else this.#addOdd(value);
      }
      this.#blockCount = filled;
    }
  }

  #makeRoom(): void {
    if (this.#blockCount > 0) this.#empty();
    else this.#block = new Float64Array(BLOCK);
  }

  /** Hands the block on to the sketches and counts. */
  #empty(): void {
    const n = this.#blockCount;
    const values = this.#block;
    this.#blockCount = 0;
    this.digest.addAll(n === values.length ? values : values.subarray(0, n));
    this.moments.addAll(values, n);
    this.#kinds.valid += n;
    if (this.#min !== -Infinity || this.#max !== Infinity) this.#countOutside(values, n);
  }

  #countOutside(values: Float64Array, n: number): void {
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const value = values[i];
      if (value < this.#min || value > this.#max) outside++;
    }
    this.#kinds.outOfRange += outside;
  }

  #addNotFinite(value: number): void {
    if (value === Infinity) this.#kinds.positiveInfinity++;
    else if (value === -Infinity) this.#kinds.negativeInfinity++;
    else this.#kinds.nan++;
  }

  #addCategory(text: string): void {
    this.categories.add(text);
    this.#kinds.valid++;
    const { known } = this.#options;
    if (known !== undefined && !known.has(text)) this.#kinds.unseen++;
  }

  #addOdd(value: unknown): void {
    if (value === null || value === undefined) this.#kinds.missing++;
    else this.#kinds.wrongType++;
  }

  #numberFault(): string | null {
    const { digest, moments, kinds } = this;
    if (this.#categories !== undefined) return 'categories';
    if (digest.count !== kinds.valid || moments.count !== kinds.valid) return 'counts that differ';
    if (kinds.valid > 0 && (digest.min !== moments.min || digest.max !== moments.max)) return 'extremes that differ';
    if (kinds.unseen > 0) return 'unseen categories';
    return kinds.outOfRange > kinds.valid ? 'more out of range than valid' : null;
  }

  #categoryFault(): string | null {
    const { categories, kinds } = this;
    if (this.#digest !== undefined || this.#moments !== undefined) return 'sketches of numbers';
    if (categories.total !== kinds.valid) return 'counts that differ';
    if (kinds.outOfRange > 0) return 'numbers out of range';
    return kinds.unseen > kinds.valid ? 'more unseen than valid' : null;
  }
}
