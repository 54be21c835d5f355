import type { Summary } from '@tidemark/sketch';
import { NullDistribution } from './null-distribution.ts';
import { rangeNull, shareNull } from './share-null.ts';
import { type CalibratedMeasure, type Reference, type SimulationOptions, simulateNulls } from './simulated-null.ts';

/** Sizes up to which each has a null of its own, and between which and the next a null stands every quarter of an octave. */
const EACH = 32;
const FINE = 512;
/** Sizes whose nulls are kept; the one not asked for the longest goes first. */
const MOST_SIZES = 48;

/** Scores whose null is a formula: shares of rows, counted on both sides; null where the baseline has none. */
const FORMULAS: Readonly<Record<string, (reference: Summary, n: number) => NullDistribution | null>> = {
  null_share: ({ kinds }, n) => (kinds.total === 0 ? null : shareNull(kinds.missing + kinds.nan, kinds.total, n)),
  type_share: ({ kinds }, n) => (kinds.total === 0 ? null : shareNull(kinds.wrongType, kinds.total, n)),
  range_share: ({ kinds, digest }, n) => {
    if (kinds.valid === 0) return null;
    const { weight } = digest.centroids();
    const openEnds = [weight.at(0), weight.at(-1)].filter((count) => count === 1).length;
    return rangeNull(openEnds, kinds.positiveInfinity + kinds.negativeInfinity, kinds.valid, n);
  },
};

/**
 * The nulls of the scores of one series of a baseline, for windows of any size. They are made when asked for: by formula where there is
 * one, else by simulation at a grid of sizes (all scores from one set of draws) and interpolation between, and kept, at most
 * 48 sizes of 300 bytes a score.
 */
export class BaselineNulls {
  readonly #reference: Reference;
  readonly #measures: readonly CalibratedMeasure[];
  readonly #options: SimulationOptions;
  readonly #sizes = new Map<number, ReadonlyMap<string, NullDistribution>>();

  constructor(reference: Reference, measures: readonly CalibratedMeasure[], options: SimulationOptions) {
    this.#reference = reference;
    this.#measures = measures;
    this.#options = options;
  }

  /**
   * The null of the score `name` in windows of `n` values (rows, for the shares of rows), n at least 1. null where it cannot be known:
   * a baseline without values, pairs without a correlation, vectors, or a score that is not among the measures.
   */
  nullOf(name: string, n: number): NullDistribution | null {
    const measure = this.#measures.find((one) => one.name === name);
    if (measure === undefined) return null;
    if (Object.hasOwn(FORMULAS, name) && measure.side === 'above') {
      return FORMULAS[name]!(this.#reference.summary, Math.round(n));
    }
    const [low, high] = sizesAround(n);
    const one = this.#at(low).get(name) ?? null;
    if (low === high || one === null) return one;
    const other = this.#at(high).get(name);
    return other === undefined ? null : NullDistribution.between(one, other, Math.log(n / low) / Math.log(high / low));
  }

  #at(n: number): ReadonlyMap<string, NullDistribution> {
    const nulls = this.#sizes.get(n) ?? this.#simulate(n);
    this.#sizes.delete(n);
    this.#sizes.set(n, nulls);
    if (this.#sizes.size > MOST_SIZES) this.#sizes.delete(this.#sizes.keys().next().value!);
    return nulls;
  }

  #simulate(n: number): ReadonlyMap<string, NullDistribution> {
    const drawn = this.#measures.filter(({ name, side }) => side !== 'above' || !Object.hasOwn(FORMULAS, name));
    return simulateNulls(drawn, this.#reference, n, this.#options);
  }
}

/** The sizes of the grid on both sides of `n`; the same one twice where it is one of them. */
function sizesAround(n: number): [number, number] {
  const size = Math.max(1, n);
  if (size <= EACH) return [Math.round(size), Math.round(size)];
  const perOctave = size < FINE ? 4 : 1;
  const step = Math.log2(size) * perOctave;
  const at = (i: number) => Math.round(2 ** (i / perOctave));
  const [low, high] = [at(Math.floor(step)), at(Math.ceil(step))];
  return low === size ? [low, low] : [low, high];
}
