/** How one run of the store's upkeep went. */
export type UpkeepReport = {
  readonly task: 'retention' | 'rollup';
  /** Rows deleted or written. */
  readonly rows: number;
  readonly durationMs: number;
  /** What was thrown; null where the run is done. */
  readonly error: unknown;
};

/** Told of every run, also of those that failed. It must not throw. */
export type UpkeepObserver = (report: UpkeepReport) => void;
