/** How many names a collector takes; beyond, nothing grows any more. */
export type Budgets = {
  /** Series of one model version. Those of more fields are merged into one series of each stage and kind. */
  readonly maxSeries: number;
  /** Versions of one model. Data of more is refused by name. */
  readonly maxVersions: number;
};

export const DEFAULT_BUDGETS: Budgets = Object.freeze({ maxSeries: 5_000, maxVersions: 1_000 });

/** Told once when a budget is almost used up, and once when it is. */
export type BudgetNotice = {
  readonly what: 'series' | 'versions';
  /** The model version, or the model, whose budget it is. */
  readonly of: string;
  readonly used: number;
  readonly budget: number;
  readonly isUsedUp: boolean;
};

/** Share of a budget from which on people are warned: there is time left to do something. */
const WARN_AT = 0.8;
/** Budgets whose notices are remembered. */
const MAX_REMEMBERED = 10_000;

/** Says each notice once. */
export class BudgetNotices {
  readonly #tell: (notice: BudgetNotice) => void;
  readonly #told = new Set<string>();

  constructor(tell: (notice: BudgetNotice) => void) {
    this.#tell = tell;
  }

  /** Notes how much of a budget is used: `used` may be more than there is room for. */
  note(what: BudgetNotice['what'], of: string, used: number, budget: number): void {
    if (used < WARN_AT * budget) return;
    const isUsedUp = used > budget;
    const key = `${what} ${of} ${isUsedUp}`;
    if (this.#told.has(key) || this.#told.size >= MAX_REMEMBERED) return;
    this.#told.add(key);
    this.#tell({ what, of, used: Math.min(used, budget), budget, isUsedUp });
  }
}
