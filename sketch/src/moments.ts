import { bounded, weighted } from './bounded.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { sumOfCounts } from './count.ts';
import { type SketchError, valueInvalid } from './errors.ts';
import { copyInto } from './finite.ts';
import { kernel } from './kernel.ts';
import { CHUNK } from './size-rule.ts';

const VERSION = 1;
const BYTES = 41;
const out = new ByteWriter(BYTES);

/**
 * Count, extremes, mean and sum of squared deviations of a stream: Welford's update and the pairwise merge of Chan,
 * Golub and LeVeque (1979), which lose no digits to large offsets. Count, min and max merge exactly, the others up to
 * rounding.
 */
export class Moments {
  #count = 0;
  #min = Number.NaN;
  #max = Number.NaN;
  #mean = Number.NaN;
  #m2 = 0;

  /** How many values were counted in. */
  get count(): number {
    return this.#count;
  }

  /** Smallest value; NaN when empty. */
  get min(): number {
    return this.#min;
  }

  /** Largest value; NaN when empty. */
  get max(): number {
    return this.#max;
  }

  /** Arithmetic mean; NaN when empty. */
  get mean(): number {
    return this.#mean;
  }

  /** Sum of squared deviations from the mean, 0 when empty; stops at the largest double instead of overflowing. */
  get m2(): number {
    return this.#m2;
  }

  /** Population variance, m2 / count; NaN when empty. */
  get variance(): number {
    return this.#count === 0 ? Number.NaN : this.#m2 / this.#count;
  }

  /** Population standard deviation; NaN when empty. */
  get deviation(): number {
    return Math.sqrt(this.variance);
  }

  /** Counts `x` in; -0 is 0. Throws SKETCH_VALUE_INVALID, changing nothing, for NaN and infinities. */
  add(x: number): void {
    if (typeof x !== 'number' || x - x !== 0) throw notFinite(x);
    const value = x + 0;
    this.#count = sumOfCounts(this.#count, 1);
    if (this.#count === 1) {
      this.#min = value;
      this.#max = value;
      this.#mean = value;
      return;
    }
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    const before = this.#mean;
    this.#mean = weighted(before, value, 1 / this.#count);
    this.#m2 = bounded(this.#m2 + (value - before) * (value - this.#mean));
  }

  /**
   * Counts in the first `n` of `values`. Throws SKETCH_VALUE_INVALID, changing nothing, when the count would exceed
   * 2^53 - 1 or one of them is NaN or infinite.
   */
  addAll(values: Float64Array, n: number = values.length): void {
    sumOfCounts(this.#count, n);
    if (n > CHUNK) checkFinite(values, n);
    for (let done = 0; done < n; done += CHUNK) {
      const count = Math.min(CHUNK, n - done);
      copyInto(values, done, kernel.pending, 0, count);
      if (kernel.momentsOfPending(count)) {
        this.addPending(count);
        continue;
      }
      if (n <= CHUNK) checkFinite(values, n);
      // Where a sum overflows, or the spread, one by one is slower and safe.
      for (let i = done; i < done + count; i++) this.add(values[i]);
    }
  }

  /** Counts in the `n` values of which the kernel has just told the moments. */
  addPending(n: number): void {
    const [min, max, mean, m2] = kernel.moments;
    this.#take(sumOfCounts(this.#count, n), n, min, max, mean, m2);
  }

  /** Counts in everything `other` has. Throws SKETCH_VALUE_INVALID when the counts exceed 2^53 - 1. */
  merge(other: Moments): void {
    if (other.#count === 0) return;
    const count = sumOfCounts(this.#count, other.#count);
    this.#take(count, other.#count, other.#min, other.#max, other.#mean, other.#m2);
  }

  /** An independent copy. */
  clone(): Moments {
    const twin = new Moments();
    twin.#copy(this);
    return twin;
  }

  /** Byte form, version 1: u8 version, u64 count, f64 min, max, mean, m2, little-endian; all 0 when empty. */
  toBytes(): Uint8Array {
    out.restart();
    out.u8(VERSION);
    out.count(this.#count);
    const empty = this.#count === 0;
    out.f64(empty ? 0 : this.#min);
    out.f64(empty ? 0 : this.#max);
    out.f64(empty ? 0 : this.#mean);
    out.f64(empty ? 0 : this.#m2);
    return new Uint8Array(out.bytes);
  }

  /** What `toBytes` was called on. Throws SKETCH_BYTES_INVALID for anything else. */
  static fromBytes(bytes: Uint8Array): Moments {
    const reader = new ByteReader(bytes, 'moments');
    const version = reader.u8();
    if (version !== VERSION) throw reader.invalid(`unknown version ${version}`);
    const count = reader.count();
    const min = reader.f64();
    const max = reader.f64();
    const mean = reader.f64();
    const m2 = reader.f64();
    reader.end();
    const moments = new Moments();
    if (count === 0) {
      if (min !== 0 || max !== 0 || mean !== 0 || m2 !== 0) throw reader.invalid('empty, yet not all zero');
      return moments;
    }
    if (!(min <= mean && mean <= max)) throw reader.invalid('mean outside of minimum and maximum');
    if (m2 < 0 || (min === max && m2 !== 0)) throw reader.invalid('impossible sum of squares');
    if (count === 1 && min !== max) throw reader.invalid('one value with two extremes');
    moments.#count = count;
    moments.#min = min;
    moments.#max = max;
    moments.#mean = mean;
    moments.#m2 = m2;
    return moments;
  }

  /** Counts in `n` values of which these are the moments; `count` are all of them together. */
  #take(count: number, n: number, min: number, max: number, mean: number, m2: number): void {
    if (this.#count === 0) {
      this.#min = min;
      this.#max = max;
      this.#mean = mean;
      this.#m2 = bounded(m2);
    } else {
      const share = n / count;
      const step = mean - this.#mean;
      this.#m2 = bounded(this.#m2 + m2 + step * step * share * this.#count);
      this.#mean = weighted(this.#mean, mean, share);
      if (min < this.#min) this.#min = min;
      if (max > this.#max) this.#max = max;
    }
    this.#count = count;
  }

  #copy(other: Moments): void {
    this.#count = other.#count;
    this.#min = other.#min;
    this.#max = other.#max;
    this.#mean = other.#mean;
    this.#m2 = other.#m2;
  }
}

function checkFinite(values: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) if (values[i] - values[i] !== 0) throw notFinite(values[i]);
}

function notFinite(value: unknown): SketchError {
  return valueInvalid(`moments take finite numbers, got ${String(value)}`);
}
