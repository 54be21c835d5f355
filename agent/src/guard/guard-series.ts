import type { Window } from '../record/capture.ts';
import type { ModelVersion, Series } from '../record/model-version.ts';
import { ownSeries } from '../record/own-series.ts';
import type { Verdict } from './verdict.ts';

/** What a guard did, as series of the model version it guards: stage `step:guard`. */
export const GUARD_STAGE = 'step:guard';

/** Records what a guard did with each call: `verdict`, `violation` by check and field, and `check_ms`. */
export class GuardSeries {
  readonly #verdict: Series | undefined;
  readonly #violation: Series | undefined;
  readonly #checkMs: Series | undefined;

  constructor(version: ModelVersion) {
    this.#verdict = ownSeries(version, GUARD_STAGE, 'verdict', 'category');
    this.#violation = ownSeries(version, GUARD_STAGE, 'violation', 'category');
    this.#checkMs = ownSeries(version, GUARD_STAGE, 'check_ms', 'number');
  }

  /** Counts one call in: a verdict of `undefined` is a pass. @param checkMs of all its checks together. */
  record(window: Window, verdict: Verdict | undefined, checkMs: number): void {
    if (this.#verdict !== undefined) window.summary(this.#verdict).add(verdict?.action ?? 'pass');
    if (this.#checkMs !== undefined) window.summary(this.#checkMs).add(checkMs);
    if (verdict === undefined || this.#violation === undefined) return;
    const violations = window.summary(this.#violation);
    // A summary cuts longer keys to 64 bytes and keeps 256 of them.
    for (const { check, stage, field } of verdict.violations) violations.add(`${check}:${stage}/${field}`);
  }
}
