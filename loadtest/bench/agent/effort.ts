import type { OnnxRunOptions } from './onnx-runs.ts';

/** How long the bench may measure. */
export type Effort = {
  readonly warmUpRounds: number;
  readonly rounds: number;
  /** Calls of one variant in one round. */
  readonly calls: number;
  readonly loopMs: number;
  readonly loopRounds: number;
  readonly onnx: OnnxRunOptions;
  readonly checks: number;
};

/** What is gated and published. Warm-up is over two seconds for each variant. */
export const FULL: Effort = {
  warmUpRounds: 50,
  rounds: 15,
  calls: 50_000,
  loopMs: 2_500,
  loopRounds: 9,
  onnx: { warmUpMs: 2_000, rounds: 101, roundMs: 6 },
  checks: 200_000,
};

/** Shows that everything runs; the numbers mean nothing. */
export const QUICK: Effort = {
  warmUpRounds: 1,
  rounds: 3,
  calls: 300,
  loopMs: 100,
  loopRounds: 1,
  onnx: { warmUpMs: 10, rounds: 3, roundMs: 1 },
  checks: 500,
};
