/** How one run of the store's upkeep went. */
export type UpkeepReport = {
  readonly task: 'retention' | 'rollup';
  /** Rows deleted, or coarse windows of a model version made. */
  readonly rows: number;
  readonly durationMs: number;
  /** What was thrown; null where the run is done. */
  readonly error: unknown;
};

/** Told of every run, also of those that failed. It must not throw. */
export type UpkeepObserver = (report: UpkeepReport) => void;

/**
 * Does one run of upkeep and tells how it went. `rowsOf` says how many rows its answer stands for; null = there was nothing
 * to do, and nothing is told.
 * @throws what `work` throws.
 */
export async function observeUpkeep<T>(
  observer: UpkeepObserver | undefined,
  task: UpkeepReport['task'],
  work: () => Promise<T>,
  rowsOf: (answer: T) => number | null,
): Promise<T> {
  const startedAt = performance.now();
  const tell = (rows: number, error: unknown) =>
    observer?.({ task, rows, durationMs: performance.now() - startedAt, error });
  try {
    const answer = await work();
    const rows = rowsOf(answer);
    if (rows !== null) tell(rows, null);
    return answer;
  } catch (error) {
    tell(0, error);
    throw error;
  }
}
