import type { VersionName } from '../losses.ts';
import type { Role } from '../record/capture.ts';
import { shielded } from '../shield.ts';
import { activeSpanIds, type SpanIds } from './active-span.ts';
import { failureText } from './failure-text.ts';
import { InferenceMetrics, type StatsLike } from './metrics.ts';
import type { VerdictLike } from './span-attributes.ts';
import { SpanNotes } from './span-notes.ts';
import type { TraceSettings } from './trace-options.ts';

/**
 * All the agent has to do with OpenTelemetry, behind the shield: whatever spans, context managers and meters of others
 * do, these methods return. What is switched off costs a comparison.
 *
 * It sees what is registered with its own copy of the API, or with one of the same or a later minor version. To make
 * two copies one is up to the application's package manager.
 */
export class Tracing {
  readonly #ids: (() => SpanIds | undefined) | undefined;
  readonly #annotateVerdict: ((version: VersionName, verdict: VerdictLike, id?: string) => void) | undefined;
  readonly #annotateConfidence: ((version: VersionName, confidence: number) => void) | undefined;
  readonly #countVerdict: ((version: VersionName, verdict: VerdictLike) => void) | undefined;
  readonly #measure: ((version: VersionName, role: Role, latencyMs: number, failed: boolean) => void) | undefined;
  readonly #observe: ((stats: () => StatsLike) => void) | undefined;
  readonly #settle: (() => void) | undefined;

  /** @param say told of what fails in what OpenTelemetry was given; limits itself and does not throw. */
  constructor(settings: TraceSettings, say: (message: string) => void) {
    const failed = (error: unknown): void => say(`tracing: ${failureText(error)}`);
    if (settings.trace) {
      const notes = new SpanNotes();
      this.#ids = shielded(activeSpanIds, failed);
      this.#annotateVerdict = shielded((version, verdict, id) => notes.violated(version, verdict, id), failed);
      this.#annotateConfidence = shielded((version, confidence) => notes.lowConfidence(version, confidence), failed);
    }
    if (settings.metrics !== false) {
      const metrics = new InferenceMetrics(settings.metrics === true ? undefined : settings.metrics, failed);
      this.#countVerdict = shielded((version, verdict) => metrics.violated(version, verdict), failed);
      this.#measure = shielded(
        (version, role, latencyMs, fault) => metrics.finished(version, role, latencyMs, fault),
        failed,
      );
      this.#observe = shielded((stats) => metrics.observe(stats), failed);
      this.#settle = shielded(() => metrics.settle(), failed);
    }
  }

  /** Ids of the active span, for an event; undefined outside of every span and without an SDK. */
  ids(): SpanIds | undefined {
    return this.#ids?.();
  }

  /** A guard has annotated, replaced or rejected an inference: told to the active span and counted. */
  violated(version: VersionName, verdict: VerdictLike, predictionId?: string): void {
    this.#annotateVerdict?.(version, verdict, predictionId);
    this.#countVerdict?.(version, verdict);
  }

  /** An answer was less sure than it should be: told to the active span. */
  lowConfidence(version: VersionName, confidence: number): void {
    this.#annotateConfidence?.(version, confidence);
  }

  /** A watched call has ended; NaN for one whose latency is not known. */
  finished(version: VersionName, role: Role, latencyMs: number, failed: boolean): void {
    this.#measure?.(version, role, latencyMs, failed);
  }

  /** Reports the agent's own statistics with the metrics. */
  observe(stats: () => StatsLike): void {
    this.#observe?.(stats);
  }

  /** The agent has stopped: metrics go on with its last statistics, so that an SDK shut down later still sends them. */
  settle(): void {
    this.#settle?.();
  }
}
