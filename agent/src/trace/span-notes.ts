import type { Attributes, Span } from '@opentelemetry/api';
import type { VersionName } from '../losses.ts';
import { hush } from '../shield.ts';
import { recordingSpan } from './active-span.ts';
import { confidenceAttributes, type VerdictLike, verdictAttributes } from './span-attributes.ts';

/** What a span has been told so far: an attribute can be replaced, but neither read nor taken away. */
type Told = { severity: number; confidence: number; predicted: boolean };

const SEVERITY = { annotate: 1, fallback: 2, reject: 3 } as const;

/**
 * Writes on the active span what the calls under it came to. There may be many of them, of several models: the span
 * says the worst verdict, of equal ones the first, with its model and violations, and the lowest of the low
 * confidences. So a search for rejects finds each trace with one, and a loop over bad rows writes once.
 */
export class SpanNotes {
  // Weak, so that no span lives longer for it.
  readonly #told = new WeakMap<Span, Told>();

  violated(version: VersionName, verdict: VerdictLike, predictionId: string | undefined): void {
    const span = recordingSpan();
    if (span === undefined) return;
    const told = this.#of(span);
    const severity = SEVERITY[verdict.action];
    if (!(severity > told.severity)) return;
    const predicted = predictionId !== undefined && predictionId !== '';
    // The id of the earlier inference must not stand beside the verdict on this one.
    const id = predicted ? predictionId : told.predicted ? '' : undefined;
    told.severity = severity;
    told.predicted = predicted;
    annotate(span, verdictAttributes(version, verdict, id));
  }

  lowConfidence(version: VersionName, confidence: number): void {
    const span = recordingSpan();
    if (span === undefined) return;
    const told = this.#of(span);
    if (!(confidence < told.confidence)) return;
    told.confidence = confidence;
    annotate(span, confidenceAttributes(told.severity === 0 ? version : undefined, confidence));
  }

  #of(span: Span): Told {
    const known = this.#told.get(span);
    if (known !== undefined) return known;
    const told = { severity: 0, confidence: Number.POSITIVE_INFINITY, predicted: false };
    this.#told.set(span, told);
    return told;
  }
}

function annotate(span: Span, attributes: Attributes): void {
  hush(span.setAttributes(attributes));
}
