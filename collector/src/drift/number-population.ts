import { type Digest, Summary } from '@tidemark/sketch';
import { drawCounts, drawShares } from './multinomial.ts';
import type { Random } from './random.ts';

/** A stretch of the distribution function: straight from `from` to `to`, or a step where they are equal. */
type Piece = { readonly from: number; readonly to: number; readonly count: number };

/** Up to so many values each is drawn, beyond that equal ones stand for neighbours, see `sampleOf`. */
const ONE_BY_ONE = 8192;
/** So many of those that stand for several are counted in at once. */
const PORTION = 64;
/** Neighbouring ranks that may share a value, as a part of those that lie further out: 1 / 128. */
const FINENESS = 128;

/**
 * Draws live windows from the distribution that a digest describes, as it would look if nothing drifted. How the true
 * distribution may differ from the digest, which is a sample too, is drawn first, so that both sides' noise is in every window.
 */
export class NumberPopulation {
  readonly #pieces: readonly Piece[];
  readonly #counts: Float64Array;

  constructor(reference: Digest) {
    this.#pieces = piecesOf(reference);
    this.#counts = Float64Array.from(this.#pieces, ({ count }) => count);
  }

  /** A window of `n` values, in sketches of the kind that windows have; `n` 1 to 2^53 - 1. */
  draw(n: number, random: Random): Summary {
    const counts = drawCounts(n, drawShares(this.#counts, random), random);
    return sampleOf(this.#pieces, ranksOf(counts), n, random);
  }
}

/** Up to which rank the values of each piece reach. */
function ranksOf(counts: Float64Array): Float64Array {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  return counts;
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
 * A summary of the sample. Up to 8 192 values each is drawn. Beyond, blocks of 2, 4, 8 ... neighbouring ranks share a value,
 * smaller towards both ends, where single values matter; the blocks are counted in from the widest to the narrowest, and
 * what is there is doubled by merging in between. So a million values cost about what ten thousand do.
 *
 * The sketch is a real one, with its errors: of a large sample these are more than the noise. They go with the weight of its
 * clusters and with how often those were merged, so there are many blocks to a cluster, in an order by chance and in
 * small portions. (In order and at once: of fields with one heavy value ks alarmed 1.5 to 1.7 times as often as asked.)
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
    const mixed = shuffled(values[level]!, random);
    const portion = levels === 0 ? mixed.length : PORTION;
    for (let from = 0; from < mixed.length; from += portion) {
      sample.addNumbers(mixed.subarray(from, from + portion));
      sample.digest.makeReady();
    }
  }
  return sample;
}

/** The values in an order by chance, as they come to a window. */
function shuffled(values: readonly number[], random: Random): Float64Array {
  const mixed = Float64Array.from(values);
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = Math.floor(random.uniform() * (i + 1));
    const value = mixed[i]!;
    mixed[i] = mixed[other]!;
    mixed[other] = value;
  }
  return mixed;
}

/** How often the ranks at a distance from the end are doubled: so that 2^level is at most a 128th of it and fits in `left`. */
function levelAt(distance: number, left: number): number {
  const widest = Math.min((distance + 1) / FINENESS, left / 2);
  return widest < 2 ? 0 : Math.floor(Math.log2(widest));
}
