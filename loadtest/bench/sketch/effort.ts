/** How long the bench may measure. */
export type Effort = {
  /** Once, over all streams, before anything is timed: code that has seen one kind of data only is compiled for that. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly rounds: number;
  /** Values of a digest, and at least so many in a round. */
  readonly values: number;
  /** How many times the data are made anew for the rounds to go through. */
  readonly variants: number;
  readonly mergeWarmUpMs: number;
  readonly windows: readonly number[];
  readonly merges: { readonly count: number; readonly sizes: readonly number[] };
};

/** What is gated and published. */
export const FULL: Effort = {
  firstWarmUpMs: 6000,
  warmUpMs: 2000,
  rounds: 11,
  values: 100_000,
  variants: 4,
  mergeWarmUpMs: 400,
  windows: [50, 200, 1000, 5000, 50_000, 1_000_000],
  merges: { count: 360, sizes: [500, 5000] },
};

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = {
  firstWarmUpMs: 50,
  warmUpMs: 20,
  rounds: 3,
  values: 5000,
  variants: 2,
  mergeWarmUpMs: 5,
  windows: [50, 1000],
  merges: { count: 10, sizes: [100] },
};
