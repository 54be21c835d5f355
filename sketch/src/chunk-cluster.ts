import { geometricMean, isWide } from './centre.ts';
import type { CentroidList } from './centroid-list.ts';
import { HEAVY_ATOM_SHARE, MAX_GAPS, type SizeRule } from './size-rule.ts';

/**
 * Writes one atom for each distinct value of the ascending `values[0..n)` into `into`.
 * False, with `into` unusable, when there are more than `most`.
 */
export function atomsOfChunk(values: Float64Array, n: number, most: number, into: CentroidList): boolean {
  const { mean, weight, atom } = into;
  let length = 0;
  let start = 0;
  while (start < n) {
    if (length === most) return false;
    const value = values[start];
    let end = start + 1;
    // Short runs by steps, long ones by halving.
    while (end < n && end < start + 8 && values[end] === value) end++;
    if (end === start + 8) end = runEnd(values, end - 1, n);
    mean[length] = value;
    weight[length] = end - start;
    atom[length++] = 1;
    start = end;
  }
  into.length = length;
  return true;
}

/**
 * Cuts the ascending `values[0..n)` into centroids by position, under half the size rule (every value weighs 1, so no
 * sums are needed to find the cuts). Runs of equal values long enough to be kept as heavy atoms become atoms.
 */
export function clusterChunk(values: Float64Array, n: number, rule: SizeRule, into: CentroidList): void {
  const { mean, weight, atom } = into;
  const middle = (rule.middle / 2) * n;
  const left = rule.tail / 2;
  const right = left / (1 + left);
  const longRun = Math.max(4, Math.ceil(HEAVY_ATOM_SHARE * rule.middle * n));
  const stride = longRun >> 1;
  // Divided first: the range itself may overflow.
  const wide = values[n - 1] / MAX_GAPS - values[0] / MAX_GAPS;
  let cells = 0;
  let start = 0;
  while (start < n) {
    let size = middle;
    if (left * start < size) size = left * start;
    if (right * (n - start) < size) size = right * (n - start);
    let end = size < 2 ? start + 1 : start + (size | 0);
    const first = values[start];
    if (values[end - 1] === first) end = end < n && values[end] === first ? runEnd(values, end, n) : end;
    else {
      if (values[end - 1] - first > wide) end = cutAtGap(values, start, end, wide);
      end = cutAtRun(values, start, end, n, stride, longRun);
    }
    const last = values[end - 1];
    weight[cells] = end - start;
    if (last === first) {
      mean[cells] = first;
      atom[cells++] = 1;
    } else {
      mean[cells] = meanOf(values, start, end);
      atom[cells++] = 0;
    }
    start = end;
  }
  into.length = cells;
}

/** The end of the cell, moved before its first gap wider than `wide`: mass on both sides of a gap is no one's mean. */
function cutAtGap(values: Float64Array, start: number, end: number, wide: number): number {
  for (let i = start + 1; i < end; i++) if (values[i] - values[i - 1] > wide) return i;
  return end;
}

/**
 * Where the cell [start, end) has to end so that no run of at least `longRun` equal values is mixed with others: before
 * the first such run, behind it when the cell starts with it, or at `end`. Two equal values `stride` apart betray a run.
 */
function cutAtRun(
  values: Float64Array,
  start: number,
  end: number,
  n: number,
  stride: number,
  longRun: number,
): number {
  for (let i = start; i + stride < end; i += stride) {
    if (values[i] !== values[i + stride]) continue;
    const from = runStart(values, start, i);
    const to = runEnd(values, i + stride, n);
    if (to - from >= longRun) return from === start ? to : from;
  }
  if (end < n && values[end] === values[end - 1]) {
    const from = runStart(values, start, end - 1);
    if (runEnd(values, end, n) - from >= longRun) return from;
  }
  return end;
}

/** The centre of a cell of different values, within them whatever the rounding. */
function meanOf(values: Float64Array, start: number, end: number): number {
  const first = values[start];
  const last = values[end - 1];
  let mean = isWide(first, last) ? geometricMean(values, start, end) : sum(values, start, end) / (end - start);
  if (mean - mean !== 0) mean = sumOfShares(values, start, end);
  if (mean < first) mean = first;
  if (mean > last) mean = last;
  return mean + 0;
}

function sum(values: Float64Array, start: number, end: number): number {
  let even = 0;
  let odd = 0;
  let i = start;
  for (; i + 1 < end; i += 2) {
    even += values[i];
    odd += values[i + 1];
  }
  return i < end ? even + odd + values[i] : even + odd;
}

/** The mean where the sum of large values overflows. */
function sumOfShares(values: Float64Array, start: number, end: number): number {
  const n = end - start;
  let mean = 0;
  for (let i = start; i < end; i++) mean += values[i] / n;
  return mean;
}

/** First place of the run of equal values that holds `at`, not before `from`. */
function runStart(values: Float64Array, from: number, at: number): number {
  const value = values[at];
  let low = from;
  let high = at;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place behind the run of equal values that holds `at`. */
function runEnd(values: Float64Array, at: number, n: number): number {
  const value = values[at];
  let low = at + 1;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
