import type { Categories, CategoryEntry } from '@tidemark/sketch';

/** What a baseline lists: a baseline never changes, and is asked at every tick. */
type Listed = {
  readonly total: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly certain: ReadonlyMap<string, number>;
};

const known = new WeakMap<Categories, Listed>();

/** How often each category that a baseline lists was counted, and how often for certain; kept as long as the baseline is. */
export function listedOf(baseline: Categories): Omit<Listed, 'total'> {
  const last = known.get(baseline);
  if (last?.total === baseline.total) return last;
  const entries = baseline.entries();
  const counts = new Map(entries.map(({ key, count }) => [key, count]));
  const listed = { total: baseline.total, counts, certain: certainOf(entries) };
  known.set(baseline, listed);
  return listed;
}

/**
 * How often each listed category occurred for certain, in the order of the summary. Beyond the cap `count` holds what a
 * category took over from others too, which for ids is all but 1 of it.
 */
export function certainCounts(categories: Categories): Map<string, number> {
  return certainOf(categories.entries());
}

function certainOf(entries: readonly CategoryEntry[]): Map<string, number> {
  return new Map(entries.map(({ key, count, overCount }) => [key, count - overCount]));
}
