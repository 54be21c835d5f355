/** How much is judged. */
export type Effort = {
  readonly models: number;
  /** Days that are judged. */
  readonly days: number;
  /** Rows of an hour on average, live and in the four weeks of the baseline. */
  readonly rowsPerHour: number;
  readonly baselineRowsPerHour: number;
  /** Faults of each kind. */
  readonly faultsOfKind: number;
};

/** What is gated and published: 8 models of 25 fields. */
export const FULL: Effort = { models: 8, days: 30, rowsPerHour: 2500, baselineRowsPerHour: 2500, faultsOfKind: 3 };

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = { models: 1, days: 1, rowsPerHour: 500, baselineRowsPerHour: 50, faultsOfKind: 1 };
