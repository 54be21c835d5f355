import type { AlertStateKind } from './state.ts';

/** How the judging of one tick of one group went. */
export type TickReport = {
  readonly group: string;
  /** Series judged, and the states that alerts changed to; none where another collector was quicker. */
  readonly findings: number;
  readonly transitions: readonly AlertStateKind[];
  readonly durationMs: number;
  /** What was thrown; null where the tick is stored. */
  readonly error: unknown;
};

/** Told of every tick that was judged, also of those that failed. It must not throw. */
export type JudgeObserver = (report: TickReport) => void;
