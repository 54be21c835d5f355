import { type CentroidList, centroidList, putPairs, takePairs } from './centroid-list.ts';
import { Curve, NO_POINTS, type Points, passingPoints, quantilesOfPassing, sharesOnce } from './curve.ts';
import { encodeDigest, isNewestForm, readAgain, readDigest } from './digest-bytes.ts';
import type { DigestState } from './digest-state.ts';
import { kernel } from './kernel.ts';
import { checkedSizeRule, exactValues, type SizeRule } from './size-rule.ts';

/** Reads bytes into the kernel, to be looked at, adopted or held at once; throws SKETCH_BYTES_INVALID unless they are one valid form. */
export function readPassing(bytes: Uint8Array): DigestState {
  return readDigest(bytes, kernel.passing);
}

/**
 * What of a digest has gone through the kernel: its centroids, what they weigh, and the curve through them. Whether counts
 * stay within bounds is up to the caller.
 *
 * What was read from bytes may stay packed: a third of the memory, and one that is merged into another or stored as it is
 * never needs its centroids in memory of its own.
 */
export class MergedCentroids {
  readonly rule: SizeRule;
  readonly #list: CentroidList = centroidList(0);
  /** Whether a copy holds the same memory: it is left as it is then. */
  #isShared = false;
  /** The byte form, checked, where the list has not been read from it yet. */
  #packed: Uint8Array | null = null;
  /** Of what is packed: how many centroids, the first mean and the last. */
  #packedLength = 0;
  #packedMin = 0;
  #packedMax = 0;
  /** Up to so many different values are kept exactly. */
  readonly #most: number;
  #total = 0;
  #sortMemory = 0;
  #curve: Curve | null = null;

  /** Throws SKETCH_OPTION_INVALID for a size rule out of range. */
  constructor(rule: SizeRule) {
    this.rule = checkedSizeRule(rule);
    this.#most = exactValues(this.rule);
  }

  /** Weight of the list. */
  get total(): number {
    return this.#total;
  }

  /** The centroids, in memory of their own. */
  get list(): CentroidList {
    if (this.#packed !== null) {
      const length = this.#putInto(kernel.passing);
      this.#list.pairs = kernel.passing.slice(0, 2 * length);
      this.#list.length = length;
      this.#packed = null;
    }
    return this.#list;
  }

  /** How many centroids there are. */
  get length(): number {
    return this.#packed === null ? this.#list.length : this.#packedLength;
  }

  /** The first mean and the last; NaN when there are none. */
  get min(): number {
    if (this.#total === 0) return Number.NaN;
    return this.#packed === null ? (this.#list.pairs[0] as number) : this.#packedMin;
  }

  get max(): number {
    if (this.#total === 0) return Number.NaN;
    return this.#packed === null ? (this.#list.pairs[2 * this.#list.length - 2] as number) : this.#packedMax;
  }

  get memoryBytes(): number {
    return this.#packed?.length ?? this.#list.pairs.byteLength;
  }

  /** The byte form, good until that of another is asked for. */
  get passingBytes(): Uint8Array {
    return this.#packed ?? encodeDigest(this.#list, this.#total, this.rule);
  }

  /** The curve through the centroids, kept until they change; null when there are none. */
  get curve(): Curve | null {
    if (this.#curve === null && this.#total > 0) this.#curve = new Curve(this.list, this.#total);
    return this.#curve;
  }

  /** The quantiles of these shares, by the same curve, which is not kept for them. */
  quantiles(qs: readonly number[]): number[] {
    const curve = this.#curve;
    if (curve !== null) return qs.map((q) => curve.quantile(q));
    if (this.#total === 0) return qs.map(() => Number.NaN);
    return quantilesOfPassing(this.#putInto(kernel.passing), this.#total, qs);
  }

  /** The points of the curve, which is not kept for them; good until those of another digest are asked for. */
  get passingPoints(): Points {
    if (this.#curve !== null || this.#total === 0) return this.#curve?.points ?? NO_POINTS;
    return passingPoints(this.list, this.#total);
  }

  /** The shares of the values up to each of `xs`, by the same curve, which is not kept for them. */
  sharesUpTo(xs: readonly number[]): number[] {
    const curve = this.#curve;
    if (this.#total === 0) return xs.map(() => Number.NaN);
    return curve === null ? sharesOnce(this.list, this.#total, xs) : xs.map((x) => curve.atOrBelow(x));
  }

  /** Merges in the first `n` values that the kernel holds. */
  addPending(n: number): void {
    const { middle, tail } = this.rule;
    const total = this.#total + n;
    const kept = this.#putInto(kernel.kept);
    kernel.sortMemory[0] = this.#sortMemory;
    const length = kernel.compress(n, kept, total, middle, tail, this.#most);
    this.#sortMemory = kernel.sortMemory[0] as number;
    this.#store(kernel.kept, length, total);
  }

  /** Merges in the centroids of another. */
  addOther(other: MergedCentroids): void {
    this.#addIncoming(other.#putInto(kernel.incoming), other.#total);
  }

  /** Merges in a value that was seen `weight` times. */
  addAtom(x: number, weight: number): void {
    kernel.incoming[0] = x;
    kernel.incoming[1] = -weight;
    this.#addIncoming(1, weight);
  }

  /** Takes what `readPassing` has just read. */
  adopt({ length, total }: DigestState): void {
    this.#list.pairs = kernel.passing.slice(0, 2 * length);
    this.#list.length = length;
    this.#setTotal(total);
  }

  /** Takes what `readPassing` has just read from `bytes`, which nobody changes from now on, as it is. */
  hold(bytes: Uint8Array, state: DigestState): void {
    // Of an earlier version: what is stored again is of the newest.
    if (!isNewestForm(bytes)) {
      this.adopt(state);
      return;
    }
    this.#packed = bytes;
    this.#packedLength = state.length;
    this.#packedMin = kernel.passing[0] as number;
    this.#packedMax = kernel.passing[Math.max(0, 2 * state.length - 2)] as number;
    this.#setTotal(state.total);
  }

  /** Becomes a copy of another of the same rule. */
  copy(other: MergedCentroids): void {
    if (other.#packed === null) {
      this.#list.pairs = other.#list.pairs;
      this.#list.length = other.#list.length;
      this.#isShared = true;
      other.#isShared = true;
      this.#setTotal(other.#total);
    } else {
      this.#packed = other.#packed;
      this.#packedLength = other.#packedLength;
      this.#packedMin = other.#packedMin;
      this.#packedMax = other.#packedMax;
      this.#setTotal(other.#total);
    }
    this.#sortMemory = other.#sortMemory;
  }

  /** Merges the first `length` incoming centroids, of weight `weight`. */
  #addIncoming(length: number, weight: number): void {
    const { middle, tail } = this.rule;
    const total = this.#total + weight;
    const kept = kernel.merge(this.#putInto(kernel.kept), length, total, weight, middle, tail, this.#most);
    this.#store(kernel.kept, kept, total);
  }

  /** Puts the centroids into a list of the kernel, good until it is used again; returns how many there are. */
  #putInto(pairs: Float64Array): number {
    if (this.#packed !== null) return readAgain(this.#packed, pairs);
    putPairs(this.#list, pairs);
    return this.#list.length;
  }

  #store(pairs: Float64Array, length: number, total: number): void {
    this.#packed = null;
    if (this.#isShared) {
      this.#list.pairs = pairs.slice(0, 2 * length);
      this.#list.length = length;
      this.#isShared = false;
    } else takePairs(this.#list, pairs, length);
    this.#setTotal(total);
  }

  #setTotal(total: number): void {
    this.#total = total;
    this.#curve = null;
  }
}
