import type { Occurrences } from './occurrences.ts';

/** How many of the most frequent categories count as the top. */
export const TOP_CATEGORIES = 10;

/**
 * Share of the values that belong to the `top` most frequent categories, 0..1; 1 where there are no more than that. `all`
 * most frequent first; NaN for none. From a summary at most top * unlistedMost / total below the true share.
 */
export function topShare(all: readonly Occurrences[], top: number = TOP_CATEGORIES): number {
  let inTop = 0;
  let room = top;
  for (const { count, categories } of all) {
    const taken = Math.min(room, categories);
    inTop += taken * count;
    room -= taken;
  }
  return all.length === 0 ? Number.NaN : Math.min(1, inTop / valuesOf(all));
}

/**
 * Entropy of the categories over that of as many equal ones: -sum p ln p / ln k, k the different categories that occur
 * (Shannon 1948; the ratio is Pielou's evenness, 1966). 1 where all are equally frequent, towards 0 where one takes over;
 * 0 by convention for a single one, NaN for none. From a summary within u + h(u) / ln k of the raw counts, where u is
 * `uncertainShare` and h the binary entropy in nats (Audenaert 2007, sharp form of Fannes' inequality), and what the
 * estimate of k is off: 3 % / ln k.
 */
export function entropy(all: readonly Occurrences[]): number {
  if (all.length === 0) return Number.NaN;
  const [values, categories] = [valuesOf(all), categoriesOf(all)];
  if (categories === 1) return 0;
  let nats = 0;
  for (const one of all) nats -= one.categories * (one.count / values) * Math.log(one.count / values);
  return Math.min(1, nats / Math.log(categories));
}

/**
 * Gini coefficient of the counts of the categories that occur: 0 where all are equally frequent, towards 1 - 1/k where one
 * of k takes over (Gini 1912, as half the relative mean difference; not scaled to reach 1). NaN for none. From a
 * summary within 2u of the raw counts, where u is `uncertainShare`, and what the estimate of k is off.
 */
export function gini(all: readonly Occurrences[]): number {
  if (all.length === 0) return Number.NaN;
  const [values, categories] = [valuesOf(all), categoriesOf(all)];
  // Sum of count times (k + 1 - 2 rank), rank 1 the most frequent: a group of equals has the middle of its ranks.
  let sum = 0;
  let before = 0;
  for (const one of all) {
    const middle = before + (one.categories + 1) / 2;
    sum += one.categories * one.count * (categories + 1 - 2 * middle);
    before += one.categories;
  }
  return Math.max(0, sum / (categories * values));
}

function valuesOf(all: readonly Occurrences[]): number {
  return all.reduce((sum, { count, categories }) => sum + count * categories, 0);
}

function categoriesOf(all: readonly Occurrences[]): number {
  return all.reduce((sum, { categories }) => sum + categories, 0);
}
