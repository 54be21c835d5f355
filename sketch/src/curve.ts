import { type CentroidList, isAtom, weightOf } from './centroid-list.ts';
import { kernel } from './kernel.ts';
import { MAX_CENTROIDS } from './size-rule.ts';

/** A neighbour so many times further away than the one on the other side lies beyond an empty stretch. */
const EDGE_RATIO = 8;

/** Where the points of a curve are drawn: two for an atom, and at most two for a plain centroid. */
const drawnX = new Float64Array(2 * MAX_CENTROIDS);
const drawnWeights = new Float64Array(2 * MAX_CENTROIDS);
const drawnShares = new Float64Array(2 * MAX_CENTROIDS);

/** Of a curve, ascending: x, and the share of the weight up to there. */
export type Points = { readonly x: Float64Array; readonly share: Float64Array };

/** Those of nothing. */
export const NO_POINTS: Points = { x: new Float64Array(0), share: new Float64Array(0) };

/**
 * The cumulative distribution of a digest as a polyline: a plain centroid is one point (its mean, the middle of its
 * weight), an atom a vertical step at its value. Shares are divided once and then compared, never multiplied back, so
 * that the quantile of the share of an atom is that atom exactly.
 */
export class Curve {
  readonly #x: Float64Array;
  readonly #share: Float64Array;
  readonly #list: CentroidList;
  /** `#share` times the weight of all, exact at atoms; made when first asked for. */
  #weight: Float64Array | null = null;

  /** From a list that is not empty and weighs `total`; good until the list changes. */
  constructor(list: CentroidList, total: number) {
    const points = draw(list);
    const share = drawnWeights.slice(0, points);
    for (let i = 0; i < points; i++) share[i] /= total;
    this.#x = drawnX.slice(0, points);
    this.#share = share;
    this.#list = list;
  }

  /** Share of values <= `at`; NaN for NaN, as of the others that take a value. */
  atOrBelow(at: number): number {
    return this.#upTo(at, this.#share);
  }

  /** How many values are <= `at`. */
  rank(at: number): number {
    this.#weight ??= drawnWeights.slice(0, draw(this.#list));
    return this.#upTo(at, this.#weight);
  }

  #upTo(at: number, levels: Float64Array): number {
    if (Number.isNaN(at)) return Number.NaN;
    const x = this.#x;
    const next = firstAbove(x, x.length, at);
    if (next === 0) return 0;
    if (next === x.length || x[next - 1] === at) return levels[next - 1];
    return levelBetween(at, x[next - 1], x[next], levels[next - 1], levels[next]);
  }

  /** Share of values < `at`. */
  below(at: number): number {
    if (Number.isNaN(at)) return Number.NaN;
    const x = this.#x;
    const next = firstAtLeast(x, at);
    if (next === x.length) return 1;
    if (next === 0) return 0;
    if (x[next] === at) return this.#share[next];
    return levelBetween(at, x[next - 1], x[next], this.#share[next - 1], this.#share[next]);
  }

  /** The smallest x with at least `q` of the weight at or below it. */
  quantile(q: number): number {
    const next = firstAtLeast(this.#share, q);
    if (next === 0) return this.#x[0];
    return partOfStep(q, this.#x[next - 1], this.#x[next], this.#share[next - 1], this.#share[next]);
  }

  /** The mean of the quantiles from `low` to `high` (0 <= low < high <= 1): the area under them by their width. */
  meanBetween(low: number, high: number): number {
    let mean = 0;
    for (let i = 1; i < this.#x.length; i++) {
      const y0 = this.#share[i - 1];
      const y1 = this.#share[i];
      const from = Math.max(y0, low);
      const to = Math.min(y1, high);
      if (to <= from) continue;
      const middle = ((from + to) / 2 - y0) / (y1 - y0);
      mean += (this.#x[i - 1] * (1 - middle) + this.#x[i] * middle) * ((to - from) / (high - low));
    }
    return Math.min(Math.max(mean, this.#x[0]), this.#x[this.#x.length - 1]) + 0;
  }

  /** The points, ascending: x, and the share of the weight up to there. They are the curve's own: not to be changed. */
  get points(): Points {
    return { x: this.#x, share: this.#share };
  }

  /** The distinct x of the points, ascending. */
  knots(): number[] {
    const knots: number[] = [];
    for (const x of this.#x) if (knots.length === 0 || x > (knots[knots.length - 1] as number)) knots.push(x);
    return knots;
  }
}

/** `Curve.points` without a curve that is kept; good until those of another are asked for. */
export function passingPoints(list: CentroidList, total: number): Points {
  const points = draw(list);
  for (let i = 0; i < points; i++) drawnShares[i] = drawnWeights[i] / total;
  return { x: drawnX.subarray(0, points), share: drawnShares.subarray(0, points) };
}

/** `Curve.atOrBelow` of each of `xs`, without a curve that is kept: for questions that are asked once. */
export function sharesOnce(list: CentroidList, total: number, xs: readonly number[]): number[] {
  const points = draw(list);
  const share = (i: number) => drawnWeights[i] / total;
  return xs.map((at) => {
    if (Number.isNaN(at)) return Number.NaN;
    const next = firstAbove(drawnX, points, at);
    if (next === 0) return 0;
    if (next === points || drawnX[next - 1] === at) return share(next - 1);
    return levelBetween(at, drawnX[next - 1], drawnX[next], share(next - 1), share(next));
  });
}

/** `quantilesOnce` of the first `length` (at least 1) centroids in the kernel's `passing` list, in the kernel where it can. */
export function quantilesOfPassing(length: number, total: number, qs: readonly number[]): number[] {
  const { digests, passing } = kernel;
  if (digests === null || qs.length > digests.shares.length)
    return quantilesOnce({ pairs: passing, length }, total, qs);
  const { shares } = digests;
  shares.set(qs);
  digests.quantiles(passing.byteOffset, length, total, qs.length);
  return qs.map((_, i) => shares[i]);
}

/** `Curve.quantile` of each of `qs`, without a curve that is kept: for questions that are asked once. */
export function quantilesOnce(list: CentroidList, total: number, qs: readonly number[]): number[] {
  const points = draw(list);
  return qs.map((q) => {
    let low = 0;
    let high = points;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (drawnWeights[middle] / total >= q) high = middle;
      else low = middle + 1;
    }
    if (low === 0) return drawnX[0];
    return partOfStep(q, drawnX[low - 1], drawnX[low], drawnWeights[low - 1] / total, drawnWeights[low] / total);
  });
}

/** The height at `at` of a straight line from (x0, y0) to (x1, y1). */
function levelBetween(at: number, x0: number, x1: number, y0: number, y1: number): number {
  const width = x1 - x0;
  // Halves where the difference of two finite numbers overflows.
  const part = width < Infinity ? (at - x0) / width : (at / 2 - x0 / 2) / (x1 / 2 - x0 / 2);
  const level = y0 + part * (y1 - y0);
  return level > y1 ? y1 : level;
}

/** The x at which a straight line from (x0, y0) to (x1, y1) reaches `y`. */
function partOfStep(y: number, x0: number, x1: number, y0: number, y1: number): number {
  const part = (y - y0) / (y1 - y0);
  const step = x1 - x0;
  const x = step < Infinity ? x0 + step * part : x0 * (1 - part) + x1 * part;
  return x > x1 ? x1 : x;
}

/** Draws the points of a list into `drawnX` and `drawnWeights`; returns how many there are. */
function draw(list: CentroidList): number {
  const x = drawnX;
  const weights = drawnWeights;
  let points = 0;
  let before = 0;
  const { pairs } = list;
  for (let i = 0; i < list.length; i++) {
    const mean = pairs[2 * i];
    const weight = Math.abs(pairs[2 * i + 1]);
    if (pairs[2 * i + 1] < 0) {
      x[points] = mean;
      weights[points++] = before;
      x[points] = mean;
      weights[points++] = before + weight;
    } else {
      // The first and the last centroid are atoms, so a plain one has two neighbours.
      const left = mean - pairs[2 * i - 2];
      const right = pairs[2 * i + 2] - mean;
      if (left > EDGE_RATIO * right) {
        x[points] = mean - halfWidth(list, i, i + 1, right);
        weights[points++] = before;
      }
      x[points] = mean;
      weights[points++] = before + weight / 2;
      if (right > EDGE_RATIO * left) {
        x[points] = mean + halfWidth(list, i, i - 1, left);
        weights[points++] = before + weight;
      }
    }
    before += weight;
  }
  return points;
}

/**
 * How far half of plain centroid `i` reaches, judged by its neighbour on the other side, `distance` away: the two share
 * the way between them by weight, but for an atom, which takes up no room.
 */
function halfWidth(list: CentroidList, i: number, neighbour: number, distance: number): number {
  if (isAtom(list, neighbour)) return distance;
  const weight = weightOf(list, i);
  return distance * (weight / (weight + weightOf(list, neighbour)));
}

/** First of the first `length` indices with array[index] > value; the length when there is none. */
function firstAbove(array: Float64Array, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First index with array[index] >= value; the length when there is none. */
function firstAtLeast(array: Float64Array, value: number): number {
  let low = 0;
  let high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
