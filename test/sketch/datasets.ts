import { normal, seeded } from '../../loadtest/bench/seeded.ts';

export { normal, seeded };

type Stream = (random: () => number, index: number) => number;

/** Streams as real columns show them; each gives the next value. */
export const STREAMS: Readonly<Record<string, Stream>> = {
  normal: (random) => normal(random),
  lognormal: (random) => Math.exp(normal(random)),
  uniform: (random) => random(),
  pareto: (random) => (1 - random()) ** (-1 / 1.1),
  sorted: (_, index) => index * 1.1,
  descending: (_, index) => 0 - index * 1.1,
  constant: () => 5,
  mixture: (random) => {
    const part = random();
    if (part < 0.3) return 0;
    if (part < 0.7) return 5 + normal(random);
    return part < 0.9 ? Math.floor(random() * 11) : Math.exp(3 + normal(random));
  },
  narrow: (random) => 1e6 + 1e-3 * normal(random),
  'zero-inflated': (random) => (random() < 0.92 ? 0 : Math.floor(1e4 * random())),
  float32: (random) => Math.fround(normal(random)),
  cauchy: (random) => Math.tan(Math.PI * (random() - 0.5)),
  timestamps: (random) => 1_790_000_000_000 + Math.floor(random() * 60_000),
};

/** Streams made to hurt: wide gaps, many orders of magnitude, narrow clusters beside far outliers. */
export const HOSTILE_STREAMS: Readonly<Record<string, Stream>> = {
  gaps: (random) => Math.floor(random() * 10) * 1000 + random(),
  'ten far steps': (random) => 10 ** Math.floor(random() * 10) + random(),
  '600 decades': (random) => 10 ** (random() * 600 - 300),
  'cluster and outliers': (random) => {
    if (random() < 0.5) return 0;
    return random() < 0.01 ? 1e9 * random() : 1e6 + 1e-3 * normal(random);
  },
  'tight cluster in a thin stretch': (random) => (random() < 0.3 ? 0.5 + 1e-9 * random() : random()),
  'ten tight clusters in a thin stretch': (random) =>
    random() < 0.3 ? Math.floor(10 * random()) / 10 + 1e-9 * random() : random(),
  'thirty far steps': (random) => 10 ** Math.floor(random() * 30) * (1 + 0.001 * random()),
  'two far heaps': (random) => (random() < 0.37 ? -100 : 1e6) + normal(random),
  'sign changes over 40 decades': (random) => (random() < 0.5 ? -1 : 1) * 10 ** (random() * 40 - 20),
};

/** The first n values of a stream. */
export function take(stream: Stream, n: number, seed = 1): Float64Array {
  const random = seeded(seed);
  return Float64Array.from({ length: n }, (_, index) => stream(random, index));
}

/** Shares of ascending `sorted` below x and at or below x. */
export function exactShares(sorted: Float64Array, x: number): { below: number; atOrBelow: number } {
  const first = (isPast: (value: number) => boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(sorted[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low / sorted.length;
  };
  return { below: first((value) => value >= x), atOrBelow: first((value) => value > x) };
}

/** What is asked of a digest here, so that datasets know nothing of the package. */
type Quantiles = { quantile(q: number): number };

/** How far the share q is from the true shares of the quantile the digest gives, in shares of 1. */
export function rankError(digest: Quantiles, sorted: Float64Array, q: number): number {
  const { below, atOrBelow } = exactShares(sorted, digest.quantile(q));
  return Math.max(0, below - q, q - atOrBelow);
}

/** The largest rank error over 1 999 evenly spaced quantiles. */
export function ksError(digest: Quantiles, values: Float64Array): number {
  const sorted = values.slice().sort();
  let worst = 0;
  for (let i = 1; i < 2000; i++) worst = Math.max(worst, rankError(digest, sorted, i / 2000));
  return worst;
}
