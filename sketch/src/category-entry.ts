/** Keys kept when nothing else is asked for. */
export const DEFAULT_CATEGORY_CAP = 256;
/** Largest cap that can be asked for. */
export const MAX_CATEGORY_CAP = 4096;

/** One kept key. It really occurred at least `count - overCount` times. */
export type CategoryEntry = { key: string; count: number; overCount: number };

/** The order in which keys are listed: by descending count, equal counts by key (UTF-16 order). */
export function byCountThenKey(a: CategoryEntry, b: CategoryEntry): number {
  return b.count - a.count || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
