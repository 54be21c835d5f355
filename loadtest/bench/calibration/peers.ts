import { exactKs } from '../../../collector/src/drift/ks.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';
import type { Cell } from './false-alarms.ts';
import { drawn } from './shapes.ts';

/** How often the default of a product fires while nothing drifts. */
export type PeerAlarms = {
  readonly peer: string;
  readonly shape: string;
  readonly nLive: number;
  readonly trials: number;
  readonly alarms: number;
};

/** Judges a live window by the published default, on raw values. */
type Judge = (live: Float64Array) => boolean;
type Peer = { readonly name: string; prepare(reference: Float64Array, isCategory: boolean, nLive: number): Judge };

/** Of scipy's jensenshannon, which Evidently calls with the natural logarithm and NannyML with base 2. */
const NATURAL = 1;
const BASE_TWO = Math.LN2;

/**
 * The defaults as published, recomputed from raw values. Evidently: with more than 1 000 reference rows Wasserstein over
 * the reference's standard deviation, and Jensen-Shannon distance for categories and for up to 5 values, 0.1 each.
 * NannyML: Jensen-Shannon distance over three standard deviations above the mean of the reference's chunks, which here are as large as
 * the live window, as it needs at least. SageMaker: largest gap of the distribution functions, or of the shares, 0.1 ("Simple").
 * whylogs: two-sample KS, or chi-square, p < 0.05 (here on all values, not on 100 points of its sketch).
 */
const PEERS: readonly Peer[] = [
  {
    name: 'Evidently',
    prepare: (reference, isCategory) => {
      const expected = countsOf(reference);
      if (isCategory || expected.size <= 5) return (live) => jensenShannon(expected, countsOf(live), NATURAL) >= 0.1;
      const sorted = reference.toSorted();
      const deviation = deviationOf(reference);
      return (live) => wasserstein(sorted, live.toSorted()) / deviation >= 0.1;
    },
  },
  {
    name: 'NannyML',
    prepare: (reference, isCategory, nLive) => {
      const binned = isCategory ? countsOf : histogram(reference);
      const expected = binned(reference);
      const distance = (values: Float64Array) => jensenShannon(expected, binned(values), BASE_TWO);
      const chunks: number[] = [];
      for (let from = 0; from + nLive <= reference.length; from += nLive) {
        chunks.push(distance(reference.subarray(from, from + nLive)));
      }
      const mean = meanOf(chunks);
      const limit = mean + 3 * Math.sqrt(meanOf(chunks.map((one) => (one - mean) ** 2)));
      return (live) => distance(live) > limit;
    },
  },
  {
    name: 'SageMaker',
    prepare: (reference, isCategory) => {
      if (!isCategory) {
        const sorted = reference.toSorted();
        return (live) => exactKs(sorted, live.toSorted()) > 0.1;
      }
      const expected = countsOf(reference);
      return (live) => {
        const found = countsOf(live);
        return [...keysOf(expected, found)].some(
          (key) => Math.abs((expected.get(key) ?? 0) / reference.length - (found.get(key) ?? 0) / live.length) > 0.1,
        );
      };
    },
  },
  {
    name: 'whylogs',
    prepare: (reference, isCategory) => {
      if (!isCategory) {
        const sorted = reference.toSorted();
        return (live) => kolmogorov(exactKs(sorted, live.toSorted()), reference.length, live.length) < 0.05;
      }
      const expected = countsOf(reference);
      return (live) => exceedsChiSquare(expected, countsOf(live));
    },
  },
];

/** False alarms of every peer in one cell. */
export function peerAlarms({ shape, nRef, nLive }: Cell, trials: number): PeerAlarms[] {
  const random = randomOf(`peers/${shape.name}/${nLive}`);
  const reference = drawn(shape, nRef, random);
  const judges = PEERS.map(({ prepare }) => prepare(reference, shape.kind === 'category', nLive));
  const alarms = PEERS.map(() => 0);
  for (let trial = 0; trial < trials; trial++) {
    const live = drawn(shape, nLive, random);
    for (const [i, judge] of judges.entries()) if (judge(live)) alarms[i]!++;
  }
  return PEERS.map(({ name }, i) => ({ peer: name, shape: shape.name, nLive, trials, alarms: alarms[i]! }));
}

type Counts = ReadonlyMap<number, number>;

function countsOf(values: Float64Array): Counts {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Bins by Doane's rule on the reference, as numpy.histogram_bin_edges(bins='doane') makes them; the ends are open. */
function histogram(reference: Float64Array): (values: Float64Array) => Counts {
  const n = reference.length;
  const mean = meanOf(reference);
  const deviation = deviationOf(reference);
  const skewness = meanOf(reference.map((value) => ((value - mean) / deviation) ** 3));
  const skewnessError = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const bins = Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / skewnessError));
  const least = reference.reduce((a, b) => Math.min(a, b));
  const width = (reference.reduce((a, b) => Math.max(a, b)) - least) / bins;
  return (values) => countsOf(values.map((value) => Math.min(bins, Math.max(-1, Math.floor((value - least) / width)))));
}

function keysOf(one: Counts, other: Counts): Set<number> {
  return new Set([...one.keys(), ...other.keys()]);
}

function jensenShannon(one: Counts, other: Counts, unit: number): number {
  const [n, m] = [totalOf(one), totalOf(other)];
  let divergence = 0;
  for (const key of keysOf(one, other)) {
    const p = (one.get(key) ?? 0) / n;
    const q = (other.get(key) ?? 0) / m;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p / 2) * Math.log(p / middle);
    if (q > 0) divergence += (q / 2) * Math.log(q / middle);
  }
  return Math.sqrt(Math.max(0, divergence) / unit);
}

/** The area between two distribution functions. */
function wasserstein(one: Float64Array, other: Float64Array): number {
  let [i, j, area] = [0, 0, 0];
  let at = Math.min(one[0]!, other[0]!);
  while (i < one.length || j < other.length) {
    const next = Math.min(one[i] ?? Number.POSITIVE_INFINITY, other[j] ?? Number.POSITIVE_INFINITY);
    area += Math.abs(i / one.length - j / other.length) * (next - at);
    at = next;
    while (i < one.length && one[i]! <= next) i++;
    while (j < other.length && other[j]! <= next) j++;
  }
  return area;
}

/** Smirnov's asymptotic tail probability with Stephens' (1970) correction for small samples. */
function kolmogorov(distance: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  const x = (root + 0.12 + 0.11 / root) * distance;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x);
  return x < 0.2 ? 1 : sum;
}

/** Chi-square of live counts against the reference's shares, above its 95 % point (Wilson and Hilferty 1931). */
function exceedsChiSquare(expected: Counts, found: Counts): boolean {
  const [n, m] = [totalOf(expected), totalOf(found)];
  let sum = 0;
  for (const [key, count] of expected) {
    const mean = (count / n) * m;
    sum += ((found.get(key) ?? 0) - mean) ** 2 / mean;
  }
  const freedom = expected.size - 1;
  return sum > freedom * (1 - 2 / (9 * freedom) + 1.6449 * Math.sqrt(2 / (9 * freedom))) ** 3;
}

function totalOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
