import type { Injected } from './injected.ts';
import type { CaseJudged } from './real/judge-case.ts';
import type { Undrifted } from './undrifted.ts';

/** Parts that can be measured by themselves. */
export const PARTS = ['undrifted', 'faults', 'real'] as const;
export type Part = (typeof PARTS)[number];

/** Everything that was measured; null for a part that was not. Files that are not on this machine are missing. */
export type Measured = {
  readonly undrifted: Undrifted | null;
  readonly faults: readonly Injected[] | null;
  readonly real: readonly CaseJudged[];
  readonly missing: readonly string[];
};
