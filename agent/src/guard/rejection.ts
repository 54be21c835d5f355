import type { Verdict } from './verdict.ts';

/**
 * What a call throws, or its promise is rejected with, where a check with the action `reject` did not hold. It is the one
 * thing of ours that a wrapped call throws, because its owner asked for it.
 */
export class TidemarkRejection extends Error {
  readonly code = 'TIDEMARK_REJECTED';
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    const first = verdict.violations.find(({ action }) => action === 'reject') ?? verdict.violations[0];
    const where = first === undefined ? 'a check' : `${first.check} of ${first.stage}/${first.field}`;
    const what = first === undefined ? '' : `: expected ${first.expected}, got ${first.got}`;
    super(`rejected by ${where}${what}`);
    this.name = 'TidemarkRejection';
    this.verdict = verdict;
  }
}
