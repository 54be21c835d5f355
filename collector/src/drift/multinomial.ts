import type { Random } from './random.ts';

/**
 * What the true shares behind counts may be, drawn: Dirichlet with the counts as parameters (Rubin 1981, The Bayesian bootstrap).
 * @returns up to where each share reaches, ascending to 1.
 */
export function drawShares(counts: Float64Array, random: Random): Float64Array {
  const ends = new Float64Array(counts.length);
  let sum = 0;
  for (let i = 0; i < ends.length; i++) {
    sum += random.gamma(counts[i]!);
    ends[i] = sum;
  }
  for (let i = 0; i < ends.length; i++) ends[i]! /= sum;
  ends[ends.length - 1] = 1;
  return ends;
}

/** How many of `n` draws fall to each share; one by one where draws are fewer than shares, else as a chain of binomial draws. */
export function drawCounts(n: number, ends: Float64Array, random: Random): Float64Array {
  const counts = new Float64Array(ends.length);
  if (n < ends.length) {
    for (let i = 0; i < n; i++) counts[drawOne(ends, random)]!++;
    return counts;
  }
  let left = n;
  let share = 0;
  for (let i = 0; i < ends.length && left > 0; i++) {
    counts[i] = random.binomial(left, (ends[i]! - share) / (1 - share));
    left -= counts[i]!;
    share = ends[i]!;
  }
  return counts;
}

/** Which share a single draw falls to. */
export function drawOne(ends: Float64Array, random: Random): number {
  const value = random.uniform();
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
