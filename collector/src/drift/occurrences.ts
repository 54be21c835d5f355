import type { Categories } from '@tidemark/sketch';
import { certainCounts } from './certain-counts.ts';

/** `categories` different categories that occur `count` times each; `count` need not be whole where it is an average. */
export type Occurrences = { readonly count: number; readonly categories: number };

/**
 * How often the categories of a summary occur, most frequent first: the listed ones by what is certain, and what is left
 * of the total spread evenly over the different categories that are not listed. Exact while all are listed. Beyond, the
 * part that is spread, `uncertainShare`, bounds how far any distribution of the values can be from this (in total variation).
 */
export function occurrencesOf(categories: Categories): Occurrences[] {
  const certain = [...certainCounts(categories).values()].filter((count) => count > 0);
  const left = categories.total - certain.reduce((sum, count) => sum + count, 0);
  const listed = certain.map((count): Occurrences => ({ count, categories: 1 }));
  if (left > 0) {
    const others = Math.max(1, categories.distinct - listed.length);
    listed.push({ count: left / others, categories: others });
  }
  return listed.sort((a, b) => b.count - a.count);
}

/** The share of all values of which a summary does not know for certain to which category they belong; 0 while exact. */
export function uncertainShare(categories: Categories): number {
  if (categories.total === 0) return 0;
  let certain = 0;
  for (const count of certainCounts(categories).values()) certain += count;
  return (categories.total - certain) / categories.total;
}

/** How often the categories of raw counts occur, most frequent first. */
export function exactOccurrences(counts: ReadonlyMap<string, number>): Occurrences[] {
  const listed = [...counts.values()].map((count): Occurrences => ({ count, categories: 1 }));
  return listed.sort((a, b) => b.count - a.count);
}
