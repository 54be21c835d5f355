/** What a guard holds the values of one field against, from quantiles or keys of the baseline; both bounds included. */
export type FieldBounds = {
  readonly stage: string;
  readonly field: string;
  readonly min?: number;
  readonly max?: number;
  /** Keys of a summary of categories that are allowed; none = not bounded. */
  readonly values?: readonly string[];
};

/** What the collector wants one model version to go by. What is left out is as in the agent's own options. */
export type ModelSettings = {
  readonly model: string;
  readonly version: string;
  readonly bounds: readonly FieldBounds[];
  /** A confidence below is a violation. */
  readonly confidenceFloor?: number;
  /** Share of inferences that are kept as events, 0 to 1. */
  readonly eventShare?: number;
};

/** Checked settings of one revision. They replace those of the versions they name as a whole, and say nothing of others. */
export type CollectorSettings = {
  /** 1, 2, 3, … */
  readonly revision: number;
  readonly models: readonly ModelSettings[];
};
