import { columnsOf, isAllAtoms } from './centroid-list.ts';
import { checkCount, MAX_COUNT, sumOfCounts } from './count.ts';
import { NO_POINTS, type Points } from './curve.ts';
import { checkShare, checkShares, full } from './digest-refusals.ts';
import { checkFinite, copyInto, doublesOf, notFinite } from './finite.ts';
import { kernel } from './kernel.ts';
import { MergedCentroids, readPassing } from './merged-centroids.ts';
import { CHUNK, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

const NO_ROOM = new Float64Array(0);
const FIRST_ROOM = 32;
const REPEATED = 16; // up to this weight a value goes through the chunk, beyond it a merge of one atom is cheaper

/** Options of a Digest. */
export type DigestOptions = { readonly sizeRule?: SizeRule };

/**
 * A merging t-digest with atoms: quantiles and ranks of a stream of numbers in a few kilobytes, mergeable in any order.
 *
 * Under the rule for windows it is exact up to 500 values, and while there are at most 200 different ones, whatever their
 * counts. Beyond that ranks are wrong by about 0.2 % of the count, measured at most 0.44 % for windows of any size and
 * after hundreds of merges, and 1 % on data made to hurt or where few values have weights; the error in a tail shrinks
 * with the tail. Count, minimum and maximum are exact, and a value with 0.6 % of the weight keeps its own step.
 *
 * Memory: up to 16 KB for values that wait one by one, and 16 bytes a centroid (some 240, never over MAX_CENTROIDS).
 */
export class Digest {
  readonly #merged: MergedCentroids;
  /** Values that wait to be merged. */
  #pending: Float64Array = NO_ROOM;
  #pendingCount = 0;

  /** Throws SKETCH_OPTION_INVALID for a size rule out of range. */
  constructor(options: DigestOptions = {}) {
    this.#merged = new MergedCentroids(options.sizeRule ?? WINDOW_SIZE_RULE);
  }

  /** The rule that decides how heavy centroids grow. */
  get sizeRule(): SizeRule {
    return this.#merged.rule;
  }

  /** Bytes of the values that wait and of the centroids, with their spare room; what queries keep is left out. */
  get memoryBytes(): number {
    return this.#pending.byteLength + this.#merged.memoryBytes;
  }

  /**
   * Counts `x` in, `weight` times. -0 is 0. Throws SKETCH_VALUE_INVALID, changing nothing, for NaN and infinities, for
   * a weight that is no integer from 1 to 2^53 - 1, and when the count would exceed that.
   */
  add(x: number, weight = 1): void {
    // x - x is 0 for finite numbers only; cheaper than Number.isFinite.
    if (typeof x !== 'number' || x - x !== 0) throw notFinite(x);
    if (weight !== 1) {
      this.#addWeighted(x, weight);
      return;
    }
    if (this.#pendingCount === this.#pending.length) this.#makeRoom();
    this.#pending[this.#pendingCount++] = x + 0;
  }

  /**
   * Counts every value in; an array of numbers or of typed ones (not BigInt). Throws SKETCH_VALUE_INVALID, having counted
   * none, if any is not a finite number.
   */
  addAll(values: ArrayLike<number>): void {
    const doubles = values instanceof Float64Array ? values : doublesOf(values);
    checkFinite(doubles);
    this.addFinite(doubles, false);
  }

  /** `addAll` of numbers that are known to be finite. @param isLoaded whether the kernel holds them, after `makeReady`. */
  addFinite(doubles: Float64Array, isLoaded: boolean): void {
    const { length } = doubles;
    if (this.count + length > MAX_COUNT - CHUNK) throw full();
    for (let done = 0; done < length; ) {
      if (length - done >= CHUNK) {
        // A whole chunk needs no room here on its way to the kernel, and what waits is better merged before.
        if (!isLoaded) {
          this.makeReady();
          copyInto(doubles, done, kernel.pending, 0, CHUNK);
        }
        this.#compressKernel(CHUNK);
        done += CHUNK;
        continue;
      }
      if (this.#pendingCount === this.#pending.length) this.#makeRoom(length - done);
      const n = Math.min(length - done, this.#pending.length - this.#pendingCount);
      copyInto(doubles, done, this.#pending, this.#pendingCount, n);
      this.#pendingCount += n;
      done += n;
    }
  }

  /**
   * Counts in everything `other` has, under this digest's size rule; `other` keeps its contents. The error stays
   * bounded in any order and grouping of merges. Throws SKETCH_VALUE_INVALID when the counts exceed 2^53 - 1.
   */
  merge(other: Digest): void {
    if (other.count === 0) return;
    sumOfCounts(this.count, other.count);
    other.makeReady();
    this.makeReady();
    this.#merged.addOther(other.#merged);
    this.#closeIfFull();
  }

  /**
   * The smallest x with at least a share `q` of the values at or below it (the inverse of `cdf`, so an observed value
   * wherever the digest is exact). NaN when empty. Throws SKETCH_VALUE_INVALID unless 0 <= q <= 1.
   */
  quantile(q: number): number {
    checkShare(q);
    return this.#ready.curve?.quantile(q) ?? Number.NaN;
  }

  /** `quantile` of each share; asked once, it keeps nothing in memory. */
  quantiles(qs: readonly number[]): number[] {
    qs.forEach(checkShare);
    return this.#ready.quantiles(qs);
  }

  /** Share of values <= x, 0 to 1; NaN when empty or x is NaN. */
  cdf(x: number): number {
    return this.#ready.curve?.atOrBelow(x) ?? Number.NaN;
  }

  /** `cdf` of each x; asked once, it keeps nothing in memory. */
  cdfs(xs: readonly number[]): number[] {
    return this.#ready.sharesUpTo(xs);
  }

  /** Share of values < x, 0 to 1; differs from `cdf` where x is an atom. NaN when empty or x is NaN. */
  cdfBelow(x: number): number {
    return this.#ready.curve?.below(x) ?? Number.NaN;
  }

  /** How many values are <= x: 0 to `count`, exact while the digest is; NaN when empty or x is NaN. */
  rank(x: number): number {
    return this.#ready.curve?.rank(x) ?? Number.NaN;
  }

  /**
   * The mean of the values between the quantiles `low` and `high`, of the distribution that `cdf` describes: robust
   * against what lies outside. NaN when empty. Throws SKETCH_VALUE_INVALID unless 0 <= low < high <= 1.
   */
  trimmedMean(low: number, high: number): number {
    checkShares(low, high);
    const mean = this.#ready.curve?.meanBetween(low, high) ?? Number.NaN;
    return Math.min(Math.max(mean, this.quantile(low)), this.quantile(high));
  }

  /**
   * The values, ascending, between which `cdf` is a straight line; it bends or jumps only there. The greatest
   * difference of two digests' distributions is found at one of their knots, by `cdf` or by `cdfBelow`.
   */
  knots(): number[] {
    return this.#ready.curve?.knots() ?? [];
  }

  /**
   * The points between which `cdf` is a straight line, ascending by x and then by share: two of one x are an atom's step.
   * For questions that go through all of two digests, which one by one would search for every value. Empty when it is.
   * They are the digest's own: not to be changed.
   */
  points(): Points {
    return this.#ready.curve?.points ?? NO_POINTS;
  }

  /** The same for who goes through them at once: they are good until something is asked of another digest. */
  passingPoints(): Points {
    return this.#ready.passingPoints;
  }

  /** How many values were counted in. */
  get count(): number {
    return this.#merged.total + this.#pendingCount;
  }

  /** Smallest value, exact; NaN when empty. */
  get min(): number {
    return this.#ready.min;
  }

  /** Largest value, exact; NaN when empty. */
  get max(): number {
    return this.#ready.max;
  }

  /** Whether every value still stands for itself, so that `cdf` and `quantile` are exact. */
  get exact(): boolean {
    return isAllAtoms(this.#ready.list);
  }

  /** How many centroids are kept, never more than MAX_CENTROIDS. */
  get centroidCount(): number {
    return this.#ready.length;
  }

  /** Copies of the centroids, ascending by mean; `atom` is 1 where all values of the centroid are identical. */
  centroids(): { mean: Float64Array; weight: Float64Array; atom: Uint8Array } {
    return columnsOf(this.#ready.list);
  }

  /** The byte form, described in digest-bytes.ts. */
  toBytes(): Uint8Array {
    // Not `slice`, which copies nothing where the bytes are a Buffer of Node.
    return new Uint8Array(this.passingBytes());
  }

  /** The same for who copies it at once: it is good until the bytes of another digest are asked for, and not to be changed. */
  passingBytes(): Uint8Array {
    return this.#ready.passingBytes;
  }

  /** The digest `toBytes` was called on. Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form. */
  static fromBytes(bytes: Uint8Array): Digest {
    const state = readPassing(bytes);
    const digest = new Digest({ sizeRule: state.rule });
    digest.#merged.adopt(state);
    digest.#closeIfFull();
    return digest;
  }

  /**
   * `fromBytes` of bytes that nobody changes from now on. All of them are checked, but they are kept as they are until what
   * is in them is asked for: for a digest that is merged into another, or stored, and then forgotten.
   */
  static over(bytes: Uint8Array): Digest {
    const state = readPassing(bytes);
    const digest = new Digest({ sizeRule: state.rule });
    digest.#merged.hold(bytes, state);
    digest.#closeIfFull();
    return digest;
  }

  /** An independent digest of the same contents. */
  clone(): Digest {
    this.makeReady();
    const twin = new Digest({ sizeRule: this.sizeRule });
    twin.#merged.copy(this.#merged);
    twin.#closeIfFull();
    return twin;
  }

  #addWeighted(x: number, weight: number): void {
    checkCount(weight, 'weight');
    sumOfCounts(this.count, weight);
    if (weight <= REPEATED) {
      for (let i = 0; i < weight; i++) this.add(x);
      return;
    }
    this.makeReady();
    this.#merged.addAtom(x + 0, weight);
    this.#closeIfFull();
  }

  /** Room for at least one pending value, for `more` if it can be: a larger buffer up to a chunk, then by merging the full one. */
  #makeRoom(more = 1): void {
    const size = this.#pending.length;
    if (size === CHUNK) {
      this.makeReady();
      if (this.#pending.length > 0) return;
    }
    if (this.#merged.total > MAX_COUNT - CHUNK) throw full();
    const larger = new Float64Array(Math.min(CHUNK, Math.max(FIRST_ROOM, size * 4, size + more)));
    larger.set(this.#pending);
    this.#pending = larger;
  }

  /** Merges what is pending into the list; to be called before a whole chunk is loaded into the kernel, which it goes through. */
  makeReady(): void {
    const n = this.#pendingCount;
    if (n === 0) return;
    kernel.pending.set(n === this.#pending.length ? this.#pending : this.#pending.subarray(0, n));
    this.#pendingCount = 0;
    this.#compressKernel(n);
  }

  /** Merges the first `n` values that the kernel holds into the list. */
  #compressKernel(n: number): void {
    this.#merged.addPending(n);
    this.#closeIfFull();
  }

  /** So that the next value asks for room and is refused, see #makeRoom. */
  #closeIfFull(): void {
    if (this.#merged.total > MAX_COUNT - CHUNK) this.#pending = NO_ROOM;
  }

  /** Everything that was counted in, merged. */
  get #ready(): MergedCentroids {
    this.makeReady();
    return this.#merged;
  }
}
