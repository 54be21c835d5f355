/** Keys kept when nothing else is asked for. */
export const DEFAULT_CATEGORY_CAP = 256;
/** Largest cap that can be asked for. */
export const MAX_CATEGORY_CAP = 4096;

/** One kept key. It really occurred at least `count - overCount` times. */
export type CategoryEntry = { key: string; count: number; overCount: number };

/** What a Categories is made of, for its byte form. */
export type CategoriesState = {
  cap: number;
  total: number;
  other: number;
  underCount: number;
  exact: boolean;
  entries: CategoryEntry[];
};
