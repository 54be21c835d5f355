import { geometricBetween, isWide } from './centre.ts';
import type { CentroidList } from './centroid-list.ts';
import { HEAVY_ATOM_SHARE, MAX_CENTROIDS, MAX_GAPS, type SizeRule } from './size-rule.ts';

/**
 * Interleaves two lists into `into` (with room for both), joining atoms of the same value and changing nothing else.
 * At equal means plain centroids come first, which keeps the order `CentroidList` asks for.
 */
export function interleave(a: CentroidList, b: CentroidList, into: CentroidList): void {
  const { mean, weight, atom } = into;
  let i = 0;
  let j = 0;
  let out = 0;
  while (i < a.length && j < b.length) {
    const x = a.mean[i];
    const y = b.mean[j];
    if (x === y && a.atom[i] === 1 && b.atom[j] === 1) {
      mean[out] = x;
      weight[out] = a.weight[i++] + b.weight[j++];
      atom[out++] = 1;
    } else if (x < y || (x === y && a.atom[i] === 0)) {
      mean[out] = x;
      weight[out] = a.weight[i];
      atom[out++] = a.atom[i++];
    } else {
      mean[out] = y;
      weight[out] = b.weight[j];
      atom[out++] = b.atom[j++];
    }
  }
  for (; i < a.length; i++) {
    mean[out] = a.mean[i];
    weight[out] = a.weight[i];
    atom[out++] = a.atom[i];
  }
  for (; j < b.length; j++) {
    mean[out] = b.mean[j];
    weight[out] = b.weight[j];
    atom[out++] = b.atom[j];
  }
  into.length = out;
}

/**
 * Folds neighbours together, in place and from left to right, as far as the size rule allows for `total` weight.
 * Should data made for it leave more than MAX_CENTROIDS, the rule is loosened until they fit.
 */
export function fold(list: CentroidList, total: number, rule: SizeRule): void {
  foldOnce(list, total, rule.middle, rule.tail);
  for (let loose = 1.5; list.length > MAX_CENTROIDS; loose *= 1.5) {
    foldOnce(list, total, rule.middle * loose, rule.tail * loose);
  }
}

function foldOnce(list: CentroidList, total: number, middle: number, tail: number): void {
  const { mean, weight, atom } = list;
  const n = list.length;
  const cap = middle * total;
  const right = tail / (1 + tail);
  const heavy = HEAVY_ATOM_SHARE * cap;
  // Divided first: the range itself may overflow.
  const wide = mean[n - 1] / MAX_GAPS - mean[0] / MAX_GAPS;
  let out = 0;
  let before = 0;
  let limit = 1;
  let currentMean = mean[0];
  let currentWeight = weight[0];
  let currentAtom = atom[0];
  let previous = currentMean;
  for (let i = 1; i < n; i++) {
    const nextMean = mean[i];
    const nextWeight = weight[i];
    const nextAtom = atom[i];
    const joint = currentWeight + nextWeight;
    if (
      joint <= limit &&
      nextMean - previous <= wide &&
      (nextWeight < heavy || nextAtom === 0) &&
      (currentWeight < heavy || currentAtom === 0)
    ) {
      const share = nextWeight / joint;
      const point = isWide(currentMean, nextMean)
        ? geometricBetween(currentMean, nextMean, share)
        : currentMean + (nextMean - currentMean) * share;
      // Rounding may carry it past either.
      if (point > currentMean) currentMean = point < nextMean ? point : nextMean;
      currentWeight = joint;
      currentAtom = 0;
    } else {
      mean[out] = currentMean;
      weight[out] = currentWeight;
      atom[out++] = currentAtom;
      before += currentWeight;
      limit = cap;
      if (tail * before < limit) limit = tail * before;
      if (right * (total - before) < limit) limit = right * (total - before);
      currentMean = nextMean;
      currentWeight = nextWeight;
      currentAtom = nextAtom;
    }
    previous = nextMean;
  }
  mean[out] = currentMean;
  weight[out] = currentWeight;
  atom[out++] = currentAtom;
  list.length = out;
}
