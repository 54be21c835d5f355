import type { PoolResult } from './call-cost.ts';
import type { GuardResult } from './guard-cost.ts';
import type { LoopResult } from './loop-delay.ts';
import type { OnnxRun } from './onnx-runs.ts';

/** Everything the bench found; parts that were not asked for are missing. */
export type Measured = {
  readonly calls?: readonly PoolResult[];
  readonly loops?: readonly LoopResult[];
  readonly runs?: readonly OnnxRun[];
  readonly guards?: readonly GuardResult[];
};

/** Parts that can be measured apart. */
export const PARTS = ['calls', 'loop', 'onnx', 'guard'] as const;
export type Part = (typeof PARTS)[number];
