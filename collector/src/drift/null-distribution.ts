import { tailQuantile, upperTail } from './upper-tail.ts';

/** The tail probabilities at which a null keeps its quantiles, descending. */
export const LEVELS: readonly number[] = [
  0.999, 0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.015, 0.01, 7e-3,
  5e-3, 3e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9,
];

/** No tail probability is told to be smaller. */
export const SMALLEST_TAIL = 1e-9;

/** From so many draws above it a quantile is read off; further out it is the fitted tail's. */
const READ_OFF = 25;

/** Scores nearer than this, relatively, are one value: the same counts summed in another order. */
const SAME = 1e-9;

/**
 * How a score is distributed while nothing drifts: its upper quantiles at `LEVELS`, ascending. Small and plain, so that thousands
 * can be kept. Larger always means further from the baseline, see `oriented`.
 */
export class NullDistribution {
  readonly quantiles: Float64Array;

  /** From the quantiles at `LEVELS`, made ascending where they are not. */
  constructor(quantiles: Float64Array) {
    for (let i = 1; i < quantiles.length; i++) quantiles[i] = Math.max(quantiles[i]!, quantiles[i - 1]!);
    this.quantiles = quantiles;
  }

  /**
   * From draws of the score, at least 8. Values that come again and again are entered at the middle of their step (Parzen 2004, Quantile
   * probability and statistical data modeling), so a test at a rate comes as near to it as discrete scores can. Far out the tail
   * is fitted; where the draws do not vary, all that lies beyond is beyond chance.
   */
  static ofDraws(draws: Iterable<number>): NullDistribution {
    const sorted = Float64Array.from(draws).sort();
    const steps = stepsOf(sorted);
    const tail = upperTail(sorted);
    const readOff = Math.min(tail.share, READ_OFF / sorted.length);
    return new NullDistribution(
      Float64Array.from(LEVELS, (p) => (p >= readOff ? midQuantile(steps, p) : tailQuantile(tail, p))),
    );
  }

  /** From values, ascending, and the probability of each. */
  static ofProbabilities(values: readonly number[], probabilities: readonly number[]): NullDistribution {
    const upper: number[] = [];
    let above = 0;
    // From the far end, so that the small sums keep their digits.
    for (let i = values.length - 1; i >= 0; i--) {
      upper[i] = above + probabilities[i]! / 2;
      above += probabilities[i]!;
    }
    return new NullDistribution(Float64Array.from(LEVELS, (p) => midQuantile({ values, upper }, p)));
  }

  /** Between two, `part` of the way; on a logarithmic scale where both are above 0, as scores fall by powers of the size. */
  static between(one: NullDistribution, other: NullDistribution, part: number): NullDistribution {
    return new NullDistribution(
      one.quantiles.map((a, i) => {
        const b = other.quantiles[i]!;
        return a > 0 && b > 0 ? a * (b / a) ** part : a + (b - a) * part;
      }),
    );
  }

  /** The larger of two at each level. */
  static larger(one: NullDistribution, other: NullDistribution): NullDistribution {
    return new NullDistribution(one.quantiles.map((a, i) => Math.max(a, other.quantiles[i]!)));
  }

  /** The same with every quantile moved by an ascending function. */
  map(move: (quantile: number) => number): NullDistribution {
    return new NullDistribution(this.quantiles.map(move));
  }

  /** The score that is exceeded with probability `p`, 1e-9 to 0.999. */
  quantile(p: number): number {
    let next = 0;
    while (next < LEVELS.length - 1 && LEVELS[next]! > p) next++;
    if (next === 0 || LEVELS[next]! >= p) return this.quantiles[next]!;
    const [low, high] = [LEVELS[next - 1]!, LEVELS[next]!];
    const part = Math.log(low / p) / Math.log(low / high);
    return this.quantiles[next - 1]! + part * (this.quantiles[next]! - this.quantiles[next - 1]!);
  }

  /** The probability of a score at least as large, 1 to 1e-9; half of those that are equal count. */
  tail(score: number): number {
    const { quantiles } = this;
    const last = quantiles.length - 1;
    if (score > quantiles[last]! + SAME * Math.abs(quantiles[last]!)) return SMALLEST_TAIL;
    let first = 0;
    while (first <= last && quantiles[first]! < score - SAME * Math.abs(score)) first++;
    if (first > last) return SMALLEST_TAIL;
    let end = first;
    while (end <= last && quantiles[end]! <= score + SAME * Math.abs(score)) end++;
    // Where several levels have this score it is the smallest or the largest there is, and the level next to the others is its own.
    if (end > last && first === 0) return 0.5;
    if (end > first) return first === 0 ? LEVELS[end - 1]! : LEVELS[first]!;
    if (first === 0) return 1;
    const part = (score - quantiles[first - 1]!) / (quantiles[first]! - quantiles[first - 1]!);
    return LEVELS[first - 1]! * (LEVELS[first]! / LEVELS[first - 1]!) ** part;
  }

  get median(): number {
    return this.quantile(0.5);
  }

  /** From the median to what one window in twenty exceeds: the scale of the null. */
  get spread(): number {
    return this.quantile(0.05) - this.median;
  }

  /** Mean and standard deviation, of the distribution that the quantiles describe. */
  get moments(): { readonly mean: number; readonly deviation: number } {
    let mean = 0;
    let square = 0;
    for (const [i, p] of LEVELS.entries()) {
      const width = ((LEVELS[i - 1] ?? 1) - (LEVELS[i + 1] ?? 0)) / 2 + (i === 0 ? (1 - p) / 2 : 0);
      mean += width * this.quantiles[i]!;
      square += width * this.quantiles[i]! ** 2;
    }
    return { mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)) };
  }
}

/** Distinct values ascending, each with the probability of more than it and half of its own. */
type Steps = { readonly values: ArrayLike<number>; readonly upper: ArrayLike<number> };

function stepsOf(sorted: Float64Array): Steps {
  const values: number[] = [];
  const upper: number[] = [];
  for (let from = 0; from < sorted.length; ) {
    const value = sorted[from]!;
    let end = from + 1;
    while (end < sorted.length && sorted[end]! <= value + SAME * Math.abs(value)) end++;
    values.push(value);
    upper.push((sorted.length - (from + end) / 2) / sorted.length);
    from = end;
  }
  return { values, upper };
}

function midQuantile({ values, upper }: Steps, p: number): number {
  const last = values.length - 1;
  if (p >= upper[0]!) return values[0]!;
  if (p <= upper[last]!) return values[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (upper[middle]! > p) low = middle;
    else high = middle;
  }
  const part = (upper[low]! - p) / (upper[low]! - upper[high]!);
  return values[low]! + part * (values[high]! - values[low]!);
}
