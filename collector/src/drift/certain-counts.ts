import type { Categories } from '@tidemark/sketch';

/**
 * How often each listed category occurred for certain, in the order of the summary. Beyond the cap `count` holds what a
 * category took over from others too, which for ids is all but 1 of it.
 */
export function certainCounts(categories: Categories): Map<string, number> {
  return new Map(categories.entries().map(({ key, count, overCount }) => [key, count - overCount]));
}
