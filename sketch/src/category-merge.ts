import { byCountThenKey, type CategoryEntry } from './category-entry.ts';

/** One side of a merge. */
export type MergeSide = {
  readonly entries: readonly CategoryEntry[];
  /** The most that a key which is not listed can count here, before `underCount` is added. */
  readonly floor: number;
};

/*
 * Why no frequent key is lost, whatever is merged with whatever in any order.
 *
 * Let N be what a sketch of k places counted in and `floor` 0 while a place is free, else its smallest count. Always:
 *   (1) a listed key occurred at most `count` times, at least count - overCount;
 *   (2) a key that is not listed occurred at most `floor` times;
 *   (3) the listed counts add up to at most N.
 * From (3), with all k places taken: floor <= N / k. So a key above N / k is listed: with 256 places, above 0.39 %.
 *
 * Adding keeps (1) to (3): that is space-saving (Metwally, Agrawal, El Abbadi 2005). Merging A and B as here, a key that
 * only A lists gets B's floor on top of its count and overCount, so (1) holds; the most frequent k are kept. What is
 * neither in A nor in B occurred at most floorA + floorB times, what was dropped at most as often as it counts, and no
 * kept key counts less than either: (2). For (3), take the floors off: the counts of A beyond its floor add up to at
 * most NA - k floorA (floorA = 0 or A is full), likewise B's, and of the union to at most the sum. k of its keys, each
 * with both floors on top again, add up to at most NA + NB. That is the merge of Misra-Gries sketches of Agarwal et al.,
 * "Mergeable Summaries" (2012, section 3), carried over to space-saving by their isomorphism (count - floor).
 */

/**
 * What two sides list together, each with at least `cap` places or a floor of 0: the `cap` most frequent, in the order
 * of `byCountThenKey`, and whether others were dropped.
 */
export function mergeEntries(a: MergeSide, b: MergeSide, cap: number): { kept: CategoryEntry[]; dropped: boolean } {
  const union = new Map<string, CategoryEntry>();
  for (const { key, count, overCount } of a.entries) {
    union.set(key, { key, count: count + b.floor, overCount: overCount + b.floor });
  }
  for (const { key, count, overCount } of b.entries) {
    const both = union.get(key);
    if (both === undefined) {
      union.set(key, { key, count: count + a.floor, overCount: overCount + a.floor });
    } else {
      both.count += count - b.floor;
      both.overCount += overCount - b.floor;
    }
  }
  const sorted = [...union.values()].sort(byCountThenKey);
  return { kept: sorted.slice(0, cap), dropped: sorted.length > cap };
}
