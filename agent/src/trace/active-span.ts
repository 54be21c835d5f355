import { context, isValidSpanId, isValidTraceId, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { hush } from '../shield.ts';

/** Ids of a span: 32 and 16 lower-case hex digits, never all zeros. */
export type SpanIds = { readonly traceId: string; readonly spanId: string };

/**
 * The span the host is in, if it is in one. It and the context manager are the host's or an SDK's: this and everything
 * done with the span may throw, and belongs behind a shield.
 */
export function activeSpan(): Span | undefined {
  const active = context.active();
  // So it is without an SDK, and with one outside of every span. To see that costs 8 ns, to ask for the span 13.
  return active === ROOT_CONTEXT ? undefined : trace.getSpan(active);
}

/** The active span where it can still be written to: ended and unsampled spans, and those of other processes, cannot. */
export function recordingSpan(): Span | undefined {
  const span = activeSpan();
  if (span === undefined) return undefined;
  const recording: unknown = span.isRecording();
  if (recording === true) return span;
  hush(recording);
  return undefined;
}

/** Ids of the active span, sampled or not, where they are valid. */
export function activeSpanIds(): SpanIds | undefined {
  const span = activeSpan();
  return span === undefined ? undefined : idsOf(span);
}

function idsOf(span: Span): SpanIds | undefined {
  const given: unknown = span.spanContext();
  const { traceId, spanId } = (given ?? {}) as Partial<SpanIds>;
  if (typeof traceId === 'string' && typeof spanId === 'string' && isValidTraceId(traceId) && isValidSpanId(spanId)) {
    return { traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase() };
  }
  hush(given);
  return undefined;
}
