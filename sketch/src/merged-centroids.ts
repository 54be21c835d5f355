import { type CentroidList, centroidList, takePairs } from './centroid-list.ts';
import { Curve } from './curve.ts';
import { kernel } from './kernel.ts';
import { checkedSizeRule, exactValues, type SizeRule } from './size-rule.ts';

/**
 * What of a digest has gone through the kernel: its centroids, what they weigh, and the curve through them. Whether counts
 * stay within bounds is up to the caller.
 */
export class MergedCentroids {
  readonly rule: SizeRule;
  readonly list: CentroidList = centroidList(0);
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

  /** The curve through the centroids, kept until they change; null when there are none. */
  get curve(): Curve | null {
    if (this.#curve === null && this.#total > 0) this.#curve = new Curve(this.list, this.#total, true);
    return this.#curve;
  }

  /** The same, to be asked at once: it is good until the next is drawn, unless one is kept already. */
  get passingCurve(): Curve | null {
    return this.#curve ?? (this.#total > 0 ? new Curve(this.list, this.#total, false) : null);
  }

  /** Merges in the first `n` values that the kernel holds. */
  addPending(n: number): void {
    const { middle, tail } = this.rule;
    const total = this.#total + n;
    kernel.kept.set(this.#pairs());
    kernel.sortMemory[0] = this.#sortMemory;
    const length = kernel.compress(n, this.list.length, total, middle, tail, this.#most);
    this.#sortMemory = kernel.sortMemory[0] as number;
    this.#store(kernel.kept, length, total);
  }

  /** Merges in the centroids of another. */
  addOther(other: MergedCentroids): void {
    kernel.incoming.set(other.#pairs());
    this.#addIncoming(other.list.length, other.#total);
  }

  /** Merges in a value that was seen `weight` times. */
  addAtom(x: number, weight: number): void {
    kernel.incoming[0] = x;
    kernel.incoming[1] = -weight;
    this.#addIncoming(1, weight);
  }

  /** Takes a list that was made for this, of weight `total`, for its own. */
  adopt({ pairs, length }: CentroidList, total: number): void {
    this.list.pairs = pairs;
    this.list.length = length;
    this.#setTotal(total);
  }

  /** Becomes a copy of another of the same rule. */
  copy(other: MergedCentroids): void {
    this.#store(other.list.pairs, other.list.length, other.#total);
    this.#sortMemory = other.#sortMemory;
  }

  /** Merges the first `length` incoming centroids, of weight `weight`. */
  #addIncoming(length: number, weight: number): void {
    const { middle, tail } = this.rule;
    const total = this.#total + weight;
    kernel.kept.set(this.#pairs());
    const kept = kernel.merge(this.list.length, length, total, weight, middle, tail, this.#most);
    this.#store(kernel.kept, kept, total);
  }

  #pairs(): Float64Array {
    return this.list.pairs.subarray(0, 2 * this.list.length);
  }

  #store(pairs: Float64Array, length: number, total: number): void {
    takePairs(this.list, pairs, length);
    this.#setTotal(total);
  }

  #setTotal(total: number): void {
    this.#total = total;
    this.#curve = null;
  }
}
