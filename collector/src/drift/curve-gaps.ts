import type { Digest } from '@tidemark/sketch';

/** The gap between two distribution functions at one value: just below it and at it, reference less live. */
export type CurveGap = (x: number, below: number, at: number) => void;

/**
 * Calls `visit` at every value where one of the two functions bends or jumps, ascending; in between both are straight.
 * One pass over the points of both, with the same arithmetic as `cdf` and `cdfBelow`. Neither may be empty.
 */
export function eachGap(reference: Digest, live: Digest, visit: CurveGap): void {
  const [one, other] = [new Walk(reference), new Walk(live)];
  for (let x = Math.min(one.next, other.next); x < Number.POSITIVE_INFINITY; x = Math.min(one.next, other.next)) {
    const below = one.below(x) - other.below(x);
    visit(x, below, one.at(x) - other.at(x));
  }
}

/** One function, asked at ascending values: first `below`, then `at`. */
class Walk {
  readonly #x: Float64Array;
  readonly #share: Float64Array;
  /** The first point that is not before what was asked for last. */
  #point = 0;

  constructor(digest: Digest) {
    ({ x: this.#x, share: this.#share } = digest.points());
  }

  /** The next value with a point; infinity behind the last. */
  get next(): number {
    return this.#x[this.#point] ?? Number.POSITIVE_INFINITY;
  }

  /** Share of values < x, of which no point lies between the last value asked for and x. */
  below(x: number): number {
    if (this.#point === this.#x.length) return 1;
    if (this.#point === 0) return 0;
    return this.next === x ? this.#share[this.#point]! : this.#between(x);
  }

  /** Share of values <= x. */
  at(x: number): number {
    while (this.next <= x) this.#point++;
    if (this.#point === 0) return 0;
    if (this.#point === this.#x.length || this.#x[this.#point - 1] === x) return this.#share[this.#point - 1]!;
    return this.#between(x);
  }

  #between(x: number): number {
    const [x0, x1] = [this.#x[this.#point - 1]!, this.next];
    const [y0, y1] = [this.#share[this.#point - 1]!, this.#share[this.#point]!];
    const width = x1 - x0;
    // Halves where the difference of two finite numbers overflows.
    const part = width < Number.POSITIVE_INFINITY ? (x - x0) / width : (x / 2 - x0 / 2) / (x1 / 2 - x0 / 2);
    return Math.min(y0 + part * (y1 - y0), y1);
  }
}
