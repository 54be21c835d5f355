import type { Digest, Summary } from '@tidemark/sketch';

/**
 * Share of the most frequent value among the valid ones: 1 where the series is constant, 1/n where all n differ. NaN for no
 * values. Numbers by the heaviest atom of the digest: exact while the digest is, and for a value with 0.6 % of the
 * weight, which keeps its own step; a rarer one may be counted in part. Categories by the certain count of the most frequent
 * one, exact while all are listed, else too low by at most `unlistedMost / total`. Vectors by what is seen of them: the
 * least of the heaviest atoms of all directions, so 1 where every vector is the same.
 */
export function constantShare(live: Summary): number {
  if (live.kinds.valid === 0) return Number.NaN;
  if (live.kind === 'number') return heaviestAtom(live.digest);
  if (live.kind === 'category') {
    const { categories } = live;
    const counts = categories.entries().map(({ count, overCount }) => count - overCount);
    return counts.reduce((most, count) => Math.max(most, count), 0) / categories.total;
  }
  const { projections } = live;
  let least = 1;
  for (let i = 0; i < projections.directions; i++) least = Math.min(least, heaviestAtom(projections.direction(i)));
  return least;
}

/** The same of raw numbers, ascending. */
export function exactConstantShare(sorted: ArrayLike<number>): number {
  let most = 0;
  let from = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] !== sorted[from]) from = i;
    most = Math.max(most, i - from + 1);
  }
  return most / sorted.length;
}

/** The same of raw category counts. */
export function exactCategoryConstantShare(counts: ReadonlyMap<string, number>): number {
  let [most, total] = [0, 0];
  for (const count of counts.values()) {
    most = Math.max(most, count);
    total += count;
  }
  return most / total;
}

function heaviestAtom(digest: Digest): number {
  const { weight, atom } = digest.centroids();
  let most = 0;
  for (let i = 0; i < weight.length; i++) if (atom[i] === 1) most = Math.max(most, weight[i]!);
  return most / digest.count;
}
