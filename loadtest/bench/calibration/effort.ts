import type { BudgetTrials } from './budget-alarms.ts';
import type { Trials } from './false-alarms.ts';
import type { History } from './traffic-alarms.ts';

/** How much is tried. */
export type Effort = {
  /** By the size of the live window. */
  readonly cells: readonly { readonly nRef: number; readonly nLive: number; readonly trials: Trials }[];
  /** A few sizes where the baseline is no larger than the window. */
  readonly evenCells: readonly { readonly nRef: number; readonly nLive: number; readonly trials: Trials }[];
  readonly farTail: Trials;
  readonly history: History;
  readonly trafficValues: number;
  /** Trials of every peer in every cell, for the sizes that cells have. */
  readonly peerTrials: Readonly<Record<number, number>>;
  readonly budget: BudgetTrials;
  readonly powerTrials: { readonly half: number; readonly tiny: number };
};

/** What is gated and published. */
export const FULL: Effort = {
  cells: [
    { nRef: 20_000, nLive: 100, trials: { baselines: 20, windows: 100, draws: 1000 } },
    { nRef: 20_000, nLive: 1000, trials: { baselines: 20, windows: 100, draws: 1000 } },
    { nRef: 1_000_000, nLive: 100_000, trials: { baselines: 20, windows: 100, draws: 500 } },
  ],
  evenCells: [{ nRef: 2000, nLive: 1000, trials: { baselines: 50, windows: 40, draws: 500 } }],
  farTail: { baselines: 8, windows: 4000, draws: 2000 },
  history: { histories: 40, windows: 336, judged: 60, draws: 500 },
  trafficValues: 200,
  peerTrials: { 100: 400, 1000: 200, 100000: 20 },
  budget: { baselines: 3, fields: 20, hours: 2160, nRef: 20_000, nLive: 256 },
  powerTrials: { half: 400, tiny: 30 },
};

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = {
  cells: [{ nRef: 2000, nLive: 100, trials: { baselines: 2, windows: 20, draws: 200 } }],
  evenCells: [{ nRef: 200, nLive: 200, trials: { baselines: 2, windows: 20, draws: 200 } }],
  farTail: { baselines: 1, windows: 100, draws: 200 },
  history: { histories: 1, windows: 30, judged: 10, draws: 200 },
  trafficValues: 100,
  peerTrials: { 100: 20 },
  budget: { baselines: 1, fields: 2, hours: 5, nRef: 500, nLive: 16 },
  powerTrials: { half: 10, tiny: 1 },
};
