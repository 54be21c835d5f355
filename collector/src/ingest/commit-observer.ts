/** What one group commit came to. */
export type CommitReport = {
  /** Batches in the group, and those of them that had been counted before. */
  readonly batches: number;
  readonly duplicates: number;
  /** Parts of windows that were written. */
  readonly summaryParts: number;
  readonly trafficParts: number;
  readonly durationMs: number;
  /** What the store threw; null where the commit happened. */
  readonly error: unknown;
};

/** Told of every group commit, also of those that failed. It must not throw. */
export type CommitObserver = (report: CommitReport) => void;
