import { setDeadline } from '../deadline.ts';
import { idReader, nameResult } from '../events/prediction-id.ts';
import { concludeCall } from '../guard/conclude-call.ts';
import { Guard } from '../guard/guard.ts';
import { GuardSeries } from '../guard/guard-series.ts';
import { type GuardReads, readGuard } from '../guard/guard-settings.ts';
import type { PendingChecks } from '../guard/pending-checks.ts';
import { joinVerdicts, type Verdict } from '../guard/verdict.ts';
import type { Capture, Window } from '../record/capture.ts';
import { fieldsOf, type Named } from '../record/field-reader.ts';
import type { ModelVersion } from '../record/model-version.ts';
import type { Call, Instead } from './call-watch.ts';
import type { WrapOptions } from './wrap-options.ts';

/** What was read of a call before it was made. */
export type Before = { readonly input: Named | undefined; readonly features: Named | undefined };

/** What was read of its answer. */
export type After = { readonly prediction: Named | undefined; readonly confidence: Named | undefined };

/** What an inspector remembers of a call. */
export type Inspected = Before & {
  readonly predictionId: string;
  readonly verdict: Verdict | undefined;
  readonly pending: PendingChecks | undefined;
  readonly checkMs: number;
};

/** A call as the inspector needs it; the watch's own. */
export type Ended = {
  readonly call: Call;
  readonly latencyMs: number;
  readonly slice: string;
  readonly window: () => Window;
};

const NOTHING: After = Object.freeze({ prediction: undefined, confidence: undefined });

/**
 * What some watched functions have beside their recording: a guard, a place among the events, a name for each
 * prediction. Puts the three together; each is in a room of its own.
 */
export class Inspector {
  readonly #capture: Capture;
  readonly #version: ModelVersion;
  readonly #guard: Guard | undefined;
  readonly #series: GuardSeries | undefined;
  readonly #readId: ((args: readonly unknown[]) => string | undefined) | undefined;
  #pushed: ModelVersion['pushed'] | undefined;

  private constructor(capture: Capture, version: ModelVersion, options: WrapOptions, reads: GuardReads) {
    this.#capture = capture;
    this.#version = version;
    if (options.guard !== undefined) {
      const lose = (reason: 'check-failed' | 'check-late') => version.losses.add(version, reason);
      this.#guard = new Guard(readGuard(options.guard), { reads, lose, setDeadline });
      this.#series = new GuardSeries(version);
    }
    if (options.id !== undefined)
      this.#readId = idReader(options.id, () => version.losses.add(version, 'extractor-failed'));
  }

  /** An inspector for these options; undefined where there is nothing to inspect. */
  static of(capture: Capture, version: ModelVersion, options: WrapOptions, reads: GuardReads): Inspector | undefined {
    const inspects = options.guard !== undefined || options.id !== undefined || capture.around.events !== undefined;
    return inspects ? new Inspector(capture, version, options, reads) : undefined;
  }

  /** Whether a result may be replaced. */
  get replaces(): boolean {
    return this.#guard?.replaces === true;
  }

  /** Checks a call that is about to be made. */
  before(before: Before, args: readonly unknown[]): Inspected {
    const predictionId = this.#readId?.(args) ?? '';
    const guard = this.#guard;
    if (guard === undefined) return { ...before, predictionId, verdict: undefined, pending: undefined, checkMs: 0 };
    const { pushed } = this.#version;
    if (pushed !== this.#pushed) {
      this.#pushed = pushed;
      guard.setBounds(pushed.bounds, pushed.confidenceFloor);
    }
    if (!guard.checksBefore) return { ...before, predictionId, verdict: undefined, pending: undefined, checkMs: 0 };
    const verdict = guard.before(fieldsOf(before.input), fieldsOf(before.features), args);
    return { ...before, predictionId, verdict, pending: guard.takePending(), checkMs: guard.lastMs };
  }

  /** What takes the place of a call by what was found before it. */
  instead({ verdict }: Inspected, args: readonly unknown[]): Instead | undefined {
    return verdict === undefined ? undefined : this.#guard?.instead(verdict, args);
  }

  /** A call that something else took the place of. */
  replaced(inspected: Inspected, ended: Ended): void {
    this.#tell(inspected, NOTHING, inspected.verdict, inspected.checkMs, ended, false);
  }

  /** A call that failed. */
  failed(inspected: Inspected, ended: Ended): void {
    this.#tell(inspected, NOTHING, inspected.verdict, inspected.checkMs, ended, true);
  }

  /**
   * Checks the answer of a call.
   * @returns what the caller gets in its place.
   */
  answered(
    inspected: Inspected,
    after: After,
    result: unknown,
    args: readonly unknown[],
    promised: boolean,
    ended: Ended,
  ): Instead | undefined {
    if (inspected.predictionId !== '') nameResult(result, inspected.predictionId);
    const guard = this.#guard;
    if (guard === undefined) {
      this.#tell(inspected, after, undefined, 0, ended, false);
      return undefined;
    }
    let found: Verdict | undefined;
    let { checkMs } = inspected;
    if (guard.checksAfter) {
      found = guard.after(fieldsOf(after.prediction), fieldsOf(after.confidence), result, args);
      checkMs += guard.lastMs;
    }
    const pending = [inspected.pending, guard.takePending()].filter((checks) => checks !== undefined);
    return concludeCall(guard, {
      result,
      args,
      promised,
      pending,
      verdict: joinVerdicts(inspected.verdict, found),
      told: (verdict) => this.#tell(inspected, after, verdict, checkMs, ended, false),
    });
  }

  /** Says once what was found in the end: to the series, the active span and the events. */
  #tell(
    inspected: Inspected,
    after: After,
    verdict: Verdict | undefined,
    checkMs: number,
    ended: Ended,
    failed: boolean,
  ): void {
    if (this.#capture.stopped) return;
    const { around } = this.#capture;
    if (this.#series !== undefined) this.#series.record(ended.window(), verdict, checkMs);
    if (verdict !== undefined) around.violated?.(this.#version, verdict, inspected.predictionId);
    const confidence = confidenceOf(after.confidence);
    if (confidence !== undefined && around.lowBelow !== undefined && confidence < around.lowBelow)
      around.lowConfidence?.(this.#version, confidence);
    if (around.events !== undefined) this.#keep(inspected, after, verdict, confidence, ended, failed);
  }

  #keep(
    inspected: Inspected,
    after: After,
    verdict: Verdict | undefined,
    confidence: number | undefined,
    { call, latencyMs, slice }: Ended,
    failed: boolean,
  ): void {
    const { events, spanIds } = this.#capture.around;
    const reason = events?.pick(this.#version, latencyMs, failed, confidence, verdict !== undefined);
    if (events === undefined || reason === undefined) return;
    const ids = spanIds?.();
    events.keep(
      this.#version,
      reason,
      { atMs: call.atMs, latencyMs, failed, slice, confidence, violations: verdict?.violations },
      {
        input: fieldsOf(inspected.input),
        feature: fieldsOf(inspected.features),
        prediction: fieldsOf(after.prediction),
        confidence: fieldsOf(after.confidence),
      },
      { predictionId: inspected.predictionId, traceId: ids?.traceId ?? '', spanId: ids?.spanId ?? '' },
    );
  }
}

/** The confidence as one number: a bare one, or the field `value`. */
function confidenceOf(named: Named | undefined): number | undefined {
  if (typeof named === 'number') return named;
  if (typeof named !== 'object') return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(named, 'value')?.value;
  return typeof value === 'number' ? value : undefined;
}
