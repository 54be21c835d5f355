import { type CentroidList, centroidList, copyCentroids } from './centroid-list.ts';
import { fold, interleave } from './centroid-merge.ts';
import { atomsOfChunk, clusterChunk } from './chunk-cluster.ts';
import { CHUNK, sortChunk, sorted } from './chunk-sort.ts';
import { checkCount, MAX_COUNT, sumOfCounts } from './count.ts';
import { Curve } from './curve.ts';
import { decodeDigest, encodeDigest } from './digest-bytes.ts';
import { type SketchError, valueInvalid } from './errors.ts';
import { checkedSizeRule, exactValues, MAX_CENTROIDS, type SizeRule, WINDOW_SIZE_RULE } from './size-rule.ts';

// Work space of whichever digest is at work: no call here waits, so one for the process is enough.
const incoming = centroidList(CHUNK);
const merged = centroidList(CHUNK + MAX_CENTROIDS);
const NO_ROOM = new Float64Array(0);
const FIRST_ROOM = 32;
/** Up to this weight a repeated value goes through the chunk, beyond it a merge of one atom is cheaper. */
const REPEATED = 16;

/** Options of a Digest. */
export type DigestOptions = { readonly sizeRule?: SizeRule };

/**
 * A merging t-digest with atoms: quantiles and ranks of a stream of numbers in a few kilobytes, mergeable in any order.
 *
 * Exact while the stream has at most 2 / middle different values (200 under the rule for windows), whatever their
 * counts. Beyond that the error of a rank is about a fifth of `middle` on continuous streams, below `middle` after many
 * small merges, and at most 2.5 % as measured on values in clusters that lie ever wider apart.
 * Minimum, maximum and count are always exact, values of more than 0.4 `middle` of the weight keep their own step.
 */
export class Digest {
  readonly #rule: SizeRule;
  readonly #list: CentroidList = centroidList(0);
  #pending: Float64Array = NO_ROOM;
  #pendingCount = 0;
  /** Weight of the list, without what is pending. */
  #total = 0;
  /** No two different values have been folded together yet: every centroid is an atom. */
  #exact = true;
  #sortMemory = 0;
  #curve: Curve | null = null;

  /** Throws SKETCH_OPTION_INVALID for a size rule out of range. */
  constructor(options: DigestOptions = {}) {
    this.#rule = checkedSizeRule(options.sizeRule ?? WINDOW_SIZE_RULE);
  }

  /** The rule that decides how heavy centroids grow. */
  get sizeRule(): SizeRule {
    return this.#rule;
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

  /** Counts every value in. Throws SKETCH_VALUE_INVALID, having counted none, if any is not a finite number. */
  addAll(values: ArrayLike<number>): void {
    const doubles = values instanceof Float64Array ? values : checkedDoubles(values);
    checkFinite(doubles);
    let done = 0;
    while (done < doubles.length) {
      if (this.#pendingCount === this.#pending.length) this.#makeRoom();
      const n = Math.min(doubles.length - done, this.#pending.length - this.#pendingCount);
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
    other.#compress();
    this.#compress();
    this.#take(other.#list, other.#total, other.#exact);
  }

  /**
   * The smallest x with at least a share `q` of the values at or below it (the inverse of `cdf`, so an observed value
   * wherever the digest is exact). NaN when empty. Throws SKETCH_VALUE_INVALID unless 0 <= q <= 1.
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw valueInvalid(`a quantile is asked for a share from 0 to 1, got ${String(q)}`);
    return this.#curveNow()?.quantile(q) ?? Number.NaN;
  }

  /** `quantile` of each share. */
  quantiles(qs: readonly number[]): number[] {
    return qs.map((q) => this.quantile(q));
  }

  /** Share of values <= x, 0 to 1; NaN when empty or x is NaN. */
  cdf(x: number): number {
    if (Number.isNaN(x)) return Number.NaN;
    return this.#curveNow()?.atOrBelow(x) ?? Number.NaN;
  }

  /** Share of values < x, 0 to 1; differs from `cdf` where x is an atom. NaN when empty or x is NaN. */
  cdfBelow(x: number): number {
    if (Number.isNaN(x)) return Number.NaN;
    return this.#curveNow()?.below(x) ?? Number.NaN;
  }

  /**
   * The values, ascending, between which `cdf` is a straight line; it bends or jumps only there. The greatest
   * difference of two digests' distributions is found at one of their knots, by `cdf` or by `cdfBelow`.
   */
  knots(): number[] {
    return this.#curveNow()?.knots() ?? [];
  }

  /** How many values were counted in. */
  get count(): number {
    return this.#total + this.#pendingCount;
  }

  /** Smallest value, exact; NaN when empty. */
  get min(): number {
    this.#compress();
    return this.#total === 0 ? Number.NaN : this.#list.mean[0];
  }

  /** Largest value, exact; NaN when empty. */
  get max(): number {
    this.#compress();
    return this.#total === 0 ? Number.NaN : this.#list.mean[this.#list.length - 1];
  }

  /** Whether every value still stands for itself, so that `cdf` and `quantile` are exact. */
  get exact(): boolean {
    this.#compress();
    return this.#exact;
  }

  /** How many centroids are kept, never more than MAX_CENTROIDS. */
  get centroidCount(): number {
    this.#compress();
    return this.#list.length;
  }

  /** Copies of the centroids, ascending by mean; `atom` is 1 where all values of the centroid are identical. */
  centroids(): { mean: Float64Array; weight: Float64Array; atom: Uint8Array } {
    this.#compress();
    const { mean, weight, atom, length } = this.#list;
    return { mean: mean.slice(0, length), weight: weight.slice(0, length), atom: atom.slice(0, length) };
  }

  /** The byte form, described in digest-bytes.ts. */
  toBytes(): Uint8Array {
    this.#compress();
    return encodeDigest(this.#list, this.#total, this.#rule);
  }

  /** The digest `toBytes` was called on. Throws SKETCH_BYTES_INVALID for bytes that are not exactly one valid form. */
  static fromBytes(bytes: Uint8Array): Digest {
    const { list, total, rule } = decodeDigest(bytes);
    const digest = new Digest({ sizeRule: rule });
    digest.#store(list, total);
    digest.#exact = isAllAtoms(list);
    return digest;
  }

  /** An independent digest of the same contents. */
  clone(): Digest {
    this.#compress();
    const twin = new Digest({ sizeRule: this.#rule });
    twin.#store(this.#list, this.#total);
    twin.#exact = this.#exact;
    twin.#sortMemory = this.#sortMemory;
    return twin;
  }

  #addWeighted(x: number, weight: number): void {
    checkCount(weight, 'weight');
    sumOfCounts(this.count, weight);
    if (weight <= REPEATED) {
      for (let i = 0; i < weight; i++) this.add(x);
      return;
    }
    this.#compress();
    incoming.mean[0] = x + 0;
    incoming.weight[0] = weight;
    incoming.atom[0] = 1;
    incoming.length = 1;
    this.#take(incoming, weight, true);
  }

  /** Room for at least one pending value: a larger buffer up to a chunk, then by merging the full one. */
  #makeRoom(): void {
    const size = this.#pending.length;
    if (size === CHUNK) {
      this.#compress();
      if (this.#pending.length > 0) return;
    }
    if (this.#total > MAX_COUNT - CHUNK) throw valueInvalid('the digest is full: its count would exceed 2^53 - 1');
    const larger = new Float64Array(Math.min(CHUNK, Math.max(FIRST_ROOM, size * 4)));
    larger.set(this.#pending);
    this.#pending = larger;
  }

  /** Merges what is pending into the list. */
  #compress(): void {
    const n = this.#pendingCount;
    if (n === 0) return;
    this.#sortMemory = sortChunk(this.#pending, n, this.#sortMemory);
    const exact = this.#exact && atomsOfChunk(sorted, n, exactValues(this.#rule), incoming);
    if (!exact) clusterChunk(sorted, n, this.#rule, incoming);
    this.#pendingCount = 0;
    this.#take(incoming, n, exact);
  }

  /** Merges a list of weight `total`; `exact` says whether it is made of all its values' atoms. */
  #take(list: CentroidList, total: number, exact: boolean): void {
    interleave(this.#list, list, merged);
    const sum = this.#total + total;
    this.#exact = this.#exact && exact && merged.length <= exactValues(this.#rule);
    if (!this.#exact) fold(merged, sum, this.#rule);
    this.#store(merged, sum);
  }

  #store(list: CentroidList, total: number): void {
    copyCentroids(list, this.#list);
    this.#total = total;
    this.#curve = null;
    // So that the next value asks for room and is refused, see #makeRoom.
    if (total > MAX_COUNT - CHUNK) this.#pending = NO_ROOM;
  }

  #curveNow(): Curve | null {
    this.#compress();
    if (this.#curve === null && this.#total > 0) this.#curve = new Curve(this.#list, this.#total);
    return this.#curve;
  }
}

function isAllAtoms(list: CentroidList): boolean {
  for (let i = 0; i < list.length; i++) if (list.atom[i] === 0) return false;
  return true;
}

/** A copy as doubles; typeof guards against what storing in a Float64Array would silently turn into a number. */
function checkedDoubles(values: ArrayLike<number>): Float64Array {
  const doubles = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number') throw notFinite(value);
    doubles[i] = value;
  }
  return doubles;
}

function checkFinite(values: Float64Array): void {
  const n = values.length;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (value - value !== 0) throw notFinite(value);
  }
}

function notFinite(value: unknown): SketchError {
  return valueInvalid(`a digest takes finite numbers, got ${String(value)}`);
}

/** Copies n values, -0 as 0. */
function copyInto(values: Float64Array, from: number, into: Float64Array, at: number, n: number): void {
  for (let i = 0; i < n; i++) into[at + i] = values[from + i] + 0;
}
