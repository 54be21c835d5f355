/** How much the bench may measure. */
export type Effort = {
  /** Series of the one model that is judged at one tick, and how often. */
  readonly series: number;
  readonly ticks: number;
  readonly warmUpTicks: number;
  /** Models of the history, series of each, and its days of hours. */
  readonly models: number;
  readonly seriesPerModel: number;
  readonly days: number;
  /** Days at the end of it that are judged live as well, to be compared. */
  readonly comparedDays: number;
  readonly replays: number;
};

/** What is gated and published. */
export const FULL: Effort = {
  series: 1_000,
  ticks: 25,
  warmUpTicks: 10,
  models: 8,
  seriesPerModel: 25,
  days: 90,
  comparedDays: 7,
  replays: 3,
};

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = {
  series: 20,
  ticks: 2,
  warmUpTicks: 1,
  models: 2,
  seriesPerModel: 5,
  days: 4,
  comparedDays: 2,
  replays: 1,
};
