import { NullDistribution } from './null-distribution.ts';

/** Further from the mode than this, in standard deviations, nothing is added up. */
const REACH = 12;
/** A window counts as at most so many times the baseline: beyond, the baseline's own noise is all there is. */
const MOST_TIMES = 1000;

/**
 * The distribution of a share in windows of `n` rows, as the baseline's `hits` of `total` foretell it: beta-binomial, which has both
 * sides' noise in it, with Jeffreys' half an observation each way (Johnson, Kemp and Kotz 2005, Univariate discrete
 * distributions, 6.2.2). Exact also far out.
 */
export function shareNull(hits: number, total: number, n: number): NullDistribution {
  return betaBinomialNull(hits + 0.5, total - hits + 0.5, n);
}

/**
 * The share of `n` values that lie outside of the range of the `total` of the baseline. The gaps between ordered values, and the two
 * beyond the ends, have equal shares on average (Gumbel and von Schelling 1950, The distribution of the number of exceedances). An end
 * that came more than once is a limit, with no gap beyond. @param openEnds how many ends came once only, 0 to 2.
 */
export function rangeNull(openEnds: number, infinite: number, total: number, n: number): NullDistribution {
  const outside = openEnds + infinite;
  return outside === 0 ? shareNull(0, total, n) : betaBinomialNull(outside, Math.max(0.5, total + 1 - outside), n);
}

function betaBinomialNull(a: number, b: number, rows: number): NullDistribution {
  const n = Math.min(rows, Math.ceil(MOST_TIMES * (a + b)));
  const mean = (n * a) / (a + b);
  const deviation = Math.sqrt((mean * (b / (a + b)) * (a + b + n)) / (a + b + 1));
  const least = Math.max(0, Math.floor(mean - REACH * deviation));
  // Few hits have a tail like a power's and need more room than a normal one.
  const most = Math.min(n, Math.ceil(mean + REACH * deviation + 40));
  const values: number[] = [];
  const weights: number[] = [];
  // From the mean both ways by the ratio of neighbours, so that nothing overflows.
  const middle = Math.min(most, Math.max(least, Math.round(mean)));
  let weight = 1;
  for (let k = middle; k >= least; k--) {
    weights[k - least] = weight;
    weight *= (k * (n - k + b)) / ((n - k + 1) * (k - 1 + a));
  }
  weight = 1;
  for (let k = middle; k < most; k++) {
    weight *= ((n - k) * (k + a)) / ((k + 1) * (n - k - 1 + b));
    weights[k + 1 - least] = weight;
  }
  const sum = weights.reduce((all, one) => all + one, 0);
  for (let k = least; k <= most; k++) values.push(k / n);
  return NullDistribution.ofProbabilities(
    values,
    weights.map((one) => one / sum),
  );
}
