import { monotonicMs } from '../clock.ts';
import type { Capture, Counting } from '../record/capture.ts';
import type { FieldReader } from '../record/field-reader.ts';
import { recordAll } from './call-readers.ts';
import type { Call, CallWatch } from './call-watch.ts';

/** What is read of the calls of a step. */
export type StepPlan = {
  readonly counting: Counting;
  readonly before: readonly FieldReader[];
  readonly after: readonly FieldReader[];
  readonly at: (args: readonly unknown[]) => number;
};

/** Sees the calls of one named step of a pipeline: it adds fields and a latency, neither rows nor errors. */
export class StepWatch implements CallWatch {
  readonly #capture: Capture;
  readonly #plan: StepPlan;

  constructor(capture: Capture, plan: StepPlan) {
    this.#capture = capture;
    this.#plan = plan;
  }

  begin(args: readonly unknown[]): Call {
    const { counting, before, at } = this.#plan;
    const atMs = at(args);
    if (before.length > 0 && !this.#capture.stopped) recordAll(this.#capture, counting.version, before, atMs, args);
    return { atMs, startedMs: monotonicMs(), rows: 1 };
  }

  end(call: Call, result: unknown, args: readonly unknown[]): undefined {
    const { counting, after } = this.#plan;
    this.#capture.finish(counting, call.atMs, call.rows, false, monotonicMs() - call.startedMs);
    if (this.#capture.stopped) return;
    recordAll(this.#capture, counting.version, after, call.atMs, [result, ...args]);
  }

  fail(call: Call): void {
    this.#capture.finish(this.#plan.counting, call.atMs, call.rows, true, monotonicMs() - call.startedMs);
  }

  lose(call: Call): void {
    const { counting } = this.#plan;
    counting.version.losses.add(counting.version, 'result-unobservable');
    this.#capture.finish(counting, call.atMs, call.rows, false);
  }
}
