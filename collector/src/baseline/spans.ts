/** A half-open span of event time, ms since the epoch. */
export type Span = { readonly from: number; readonly to: number };

/** What is left of a span without the masks, each widened to whole windows, in order. Bounds of the span lie on windows. */
export function keptSpans({ from, to }: Span, masks: readonly Span[], windowMs: number): Span[] {
  const kept: Span[] = [];
  let at = from;
  for (const mask of masks.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.floor(mask.from / windowMs) * windowMs;
    if (begin > at) kept.push({ from: at, to: Math.min(begin, to) });
    at = Math.max(at, Math.ceil(mask.to / windowMs) * windowMs);
    if (at >= to) return kept.filter((span) => span.from < span.to);
  }
  return [...kept.filter((span) => span.from < span.to), { from: at, to }];
}

/** Whether any of the spans has something in common with this one. */
export function touches(spans: readonly Span[], { from, to }: Span): boolean {
  return spans.some((span) => span.from < to && from < span.to);
}

/** A span as people write it: `2026-03-01T00:00Z..2026-03-02T12:30Z`. */
export function spanText({ from, to }: Span): string {
  return `${timeText(from)}..${timeText(to)}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}
