import { Digest } from './digest.ts';
import { optionInvalid } from './errors.ts';
import { copyInto } from './finite.ts';
import { kernel } from './kernel.ts';
import type { KindSketches, SummaryOptions, SummaryParts } from './kind-sketches.ts';
import { Kinds } from './kinds.ts';
import { Moments } from './moments.ts';
import { CHUNK } from './size-rule.ts';

// Numbers go through a small block into the sketches, which take many at once at a fraction of the cost of one.
const BLOCK = 64;
const NO_BLOCK = new Float64Array(0);

/** What is kept of a series of numbers: digest and moments of those that are finite. */
export class NumberSketches implements KindSketches {
  readonly #kinds: Kinds = new Kinds();
  /** Finite numbers that no sketch and no count has seen yet. */
  #block: Float64Array = NO_BLOCK;
  #blockCount = 0;
  readonly #options: SummaryOptions;
  readonly #min: number;
  readonly #max: number;
  #moments: Moments | undefined;
  #digest: Digest | undefined;

  /** Throws SKETCH_OPTION_INVALID for a range that is none. */
  constructor(options: SummaryOptions) {
    this.#options = options;
    this.#min = options.range?.min ?? -Infinity;
    this.#max = options.range?.max ?? Infinity;
    if (!(this.#min <= this.#max))
      throw optionInvalid(`range must run from min to max, got ${this.#min} to ${this.#max}`);
  }

  get kinds(): Kinds {
    if (this.#blockCount > 0) this.#empty();
    return this.#kinds;
  }

  /** Moments of the valid numbers. */
  get moments(): Moments {
    if (this.#blockCount > 0) this.#empty();
    this.#moments ??= new Moments();
    return this.#moments;
  }

  /** Digest of the valid numbers. */
  get digest(): Digest {
    if (this.#blockCount > 0) this.#empty();
    this.#digest ??= this.#newDigest();
    return this.#digest;
  }

  get memoryBytes(): number {
    return this.#block.byteLength + (this.#digest?.memoryBytes ?? 0);
  }

  /** Takes numbers and bigints (rounded to the nearest double). */
  add(value: unknown): void {
    if (typeof value === 'number') this.#addNumber(value);
    else if (typeof value === 'bigint') this.#addNumber(Number(value));
    else this.#kinds.addOdd(value);
  }

  addNumbers(values: Float64Array): void {
    if (this.#blockCount > 0) this.#empty();
    for (let done = 0; done < values.length; done += CHUNK) {
      const chunk = values.length <= CHUNK ? values : values.subarray(done, done + CHUNK);
      if (!this.#count(chunk)) this.#countOdd(chunk);
    }
  }

  addStrided(values: ArrayLike<unknown>, first: number, stride: number, count: number): void {
    for (let done = 0, turn = 0; done < count; done += turn) {
      if (this.#blockCount === this.#block.length) this.#makeRoom();
      const block = this.#block;
      let filled = this.#blockCount;
      turn = Math.min(count - done, block.length - filled);
      for (let i = done, at = first + done * stride; i < done + turn; i++, at += stride) {
        const value: unknown = values[at];
        if (typeof value === 'number' && value - value === 0) block[filled++] = value;
        else if (typeof value === 'number') this.#kinds.addNotFinite(value);
        else this.#kinds.addOdd(value);
      }
      this.#blockCount = filled;
    }
  }

  merge(other: Required<SummaryParts>): void {
    this.digest.merge(other.digest);
    this.moments.merge(other.moments);
    this.kinds.merge(other.kinds);
  }

  clone(): NumberSketches {
    const twin = new NumberSketches(this.#options);
    twin.#kinds.copy(this.kinds);
    twin.#moments = this.#moments?.clone();
    twin.#digest = this.#digest?.clone();
    return twin;
  }

  adopt(parts: SummaryParts): string | null {
    this.#kinds.copy(parts.kinds);
    this.#moments = parts.moments;
    this.#digest = parts.digest;
    const { digest, moments, kinds } = this;
    if (parts.categories !== undefined) return 'categories';
    if (parts.projections !== undefined) return 'projections of vectors';
    if (parts.pairs !== undefined) return 'moments of pairs';
    if (digest.count !== kinds.valid || moments.count !== kinds.valid) return 'counts that differ';
    if (kinds.valid > 0 && (digest.min !== moments.min || digest.max !== moments.max)) return 'extremes that differ';
    if (kinds.unseen > 0) return 'unseen categories';
    return kinds.outOfRange > kinds.valid ? 'more out of range than valid' : null;
  }

  #newDigest(): Digest {
    const { sizeRule } = this.#options;
    return new Digest(sizeRule ? { sizeRule } : {});
  }

  #addNumber(value: number): void {
    // value - value is 0 for finite numbers only.
    if (value - value !== 0) {
      this.#kinds.addNotFinite(value);
      return;
    }
    if (this.#blockCount === this.#block.length) this.#makeRoom();
    this.#block[this.#blockCount++] = value;
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
    const chunk = n === values.length ? values : values.subarray(0, n);
    if (!this.#count(chunk)) this.#countOdd(chunk);
  }

  /** Counts in a chunk of numbers at the most, if they are all finite and so are their sums; else nothing. */
  #count(values: Float64Array): boolean {
    const n = values.length;
    this.#digest ??= this.#newDigest();
    if (n === CHUNK) this.#digest.makeReady();
    copyInto(values, 0, kernel.pending, 0, n);
    if (!kernel.momentsOfPending(n)) return false;
    this.#moments ??= new Moments();
    this.#moments.addPending(n);
    this.#digest.addFinite(values, true);
    this.#counted(values, n);
    return true;
  }

  /** The same for any numbers: NaN is passed over, infinities are counted as such. */
  #countOdd(values: Float64Array): void {
    for (let i = 0; i < values.length; i++) {
      if (values[i] === Infinity) this.#kinds.positiveInfinity++;
      else if (values[i] === -Infinity) this.#kinds.negativeInfinity++;
    }
    const finite = values.filter((value) => value - value === 0);
    this.digest.addAll(finite);
    this.moments.addAll(finite);
    this.#counted(finite, finite.length);
  }

  #counted(values: Float64Array, n: number): void {
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
}
