/** How much the bench may measure. */
export type Effort = {
  /** Agents of a load, and model versions that each of them serves. */
  readonly agents: number;
  readonly modelsPerAgent: number;
  /** Values in a delta: what a series sees in ten seconds. */
  readonly valuesPerDelta: number;
  readonly warmUpMs: number;
  /** A multiple of the four raw ways, which take turns at going first: a copy is faster at one place than at another. */
  readonly rounds: number;
  /** Rounds of the load whose deltas meet in the same rows. */
  readonly sharedRounds: number;
  readonly steadyMs: number;
  /** Windows that are stored to weigh them, and inferences that are stored as JSON. */
  readonly storedWindows: number;
  readonly jsonRows: number;
  /** Days of minutes that are rolled up to be read, and how often. */
  readonly readDays: number;
  readonly reads: number;
};

/** What is gated and published. */
export const FULL: Effort = {
  agents: 20,
  modelsPerAgent: 3,
  valuesPerDelta: 1_000,
  warmUpMs: 6_000,
  rounds: 12,
  sharedRounds: 5,
  steadyMs: 12_000,
  storedWindows: 120,
  jsonRows: 50_000,
  readDays: 7,
  reads: 200,
};

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = {
  agents: 2,
  modelsPerAgent: 2,
  valuesPerDelta: 100,
  warmUpMs: 1,
  rounds: 1,
  sharedRounds: 1,
  steadyMs: 300,
  storedWindows: 3,
  jsonRows: 200,
  readDays: 1,
  reads: 3,
};
