import { type Digest, Summary } from '@tidemark/sketch';
import type { Random } from './random.ts';

/** A stretch of the distribution function: straight from `from` to `to`, or a step where they are equal. */
type Piece = { readonly from: number; readonly to: number; readonly count: number };

/** From this many values on equal ones stand for neighbours, see `sampleOf`. */
const ONE_BY_ONE = 2048;
/** Neighbouring ranks that may share a value, as a part of those that lie further out: 1 / 128. */
const FINENESS = 128;

/**
 * Draws live windows from the distribution that a digest describes, as it would look if nothing drifted. How the true
 * distribution may differ from the digest, which is a sample too, is drawn first: the shares of its pieces are Dirichlet
 * with their counts as parameters (Rubin 1981, The Bayesian bootstrap), so that both sides' noise is in every window.
 */
export class NumberPopulation {
  readonly #pieces: readonly Piece[];
  readonly #ends: Float64Array;

  constructor(reference: Digest) {
    this.#pieces = piecesOf(reference);
    this.#ends = new Float64Array(this.#pieces.length);
  }

  /** A window of `n` values, in sketches of the kind that windows have; `n` 1 to 2^53 - 1. */
  draw(n: number, random: Random): Summary {
    const shares = this.#drawShares(random);
    const ends = n < this.#pieces.length ? this.#drawEachCount(n, shares, random) : this.#drawCounts(n, shares, random);
    return sampleOf(this.#pieces, ends, n, random);
  }

  #drawShares(random: Random): Float64Array {
    const ends = this.#ends;
    let sum = 0;
    for (const [i, { count }] of this.#pieces.entries()) {
      sum += random.gamma(count);
      ends[i] = sum;
    }
    for (let i = 0; i < ends.length; i++) ends[i]! /= sum;
    ends[ends.length - 1] = 1;
    return ends;
  }

  /** Up to which rank the values of each piece reach: a multinomial draw as a chain of binomial ones. */
  #drawCounts(n: number, ends: Float64Array, random: Random): Float64Array {
    let left = n;
    let share = 0;
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i]!;
      left -= random.binomial(left, (end - share) / (1 - share));
      share = end;
      ends[i] = n - left;
    }
    return ends;
  }

  /** The same value by value, cheaper where values are fewer than pieces. */
  #drawEachCount(n: number, ends: Float64Array, random: Random): Float64Array {
    const counts = new Float64Array(ends.length);
    for (let i = 0; i < n; i++) counts[firstAtLeast(ends, random.uniform())]!++;
    let end = 0;
    for (let i = 0; i < counts.length; i++) {
      end += counts[i]!;
      ends[i] = end;
    }
    return ends;
  }
}

function piecesOf(digest: Digest): Piece[] {
  const pieces: Piece[] = [];
  const { count } = digest;
  let before = Number.NaN;
  let share = 0;
  for (const x of digest.knots()) {
    const below = digest.cdfBelow(x);
    const upTo = digest.cdf(x);
    if (below > share) pieces.push({ from: before, to: x, count: (below - share) * count });
    if (upTo > below) pieces.push({ from: x, to: x, count: (upTo - below) * count });
    before = x;
    share = upTo;
  }
  return pieces;
}

/**
 * A summary of the sample. Up to 2 048 values each is drawn. Beyond, blocks of 2, 4, 8 ... neighbouring ranks share a value,
 * smaller towards both ends, where single values matter; the blocks are counted in from the widest to the narrowest, and
 * what is there is doubled by merging in between. So a million values cost about what five thousand do, and the sketch is a real one,
 * with its errors: of a large sample these are more than the noise.
 */
function sampleOf(pieces: readonly Piece[], ends: Float64Array, n: number, random: Random): Summary {
  const levels = n <= ONE_BY_ONE ? 0 : Math.ceil(Math.log2(n / ONE_BY_ONE));
  const values: number[][] = Array.from({ length: levels + 1 }, () => []);
  let piece = 0;
  for (let rank = 0; rank < n; ) {
    const level = Math.min(levels, levelAt(Math.min(rank, n - 1 - rank), n - rank));
    const width = 2 ** level;
    const at = rank + random.uniform() * width;
    while (ends[piece]! <= at) piece++;
    const { from, to } = pieces[piece]!;
    const start = piece === 0 ? 0 : ends[piece - 1]!;
    // Of a value by itself only its piece is known, which keeps the order of those within a piece random.
    const part = level === 0 ? random.uniform() : (at - start) / (ends[piece]! - start);
    values[level]!.push(from === to ? from : from + (to - from) * part);
    rank += width;
  }
  const sample = new Summary('number');
  for (let level = levels; level >= 0; level--) {
    if (level < levels) sample.merge(sample.clone());
    sample.addNumbers(Float64Array.from(values[level]!));
  }
  return sample;
}

/** How often the ranks at a distance from the end are doubled: so that 2^level is at most a 128th of it and fits in `left`. */
function levelAt(distance: number, left: number): number {
  const widest = Math.min((distance + 1) / FINENESS, left / 2);
  return widest < 2 ? 0 : Math.floor(Math.log2(widest));
}

function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
