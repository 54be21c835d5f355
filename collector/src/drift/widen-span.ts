/** How far back a judgement reaches. */
export type Span = {
  /** Windows, counted back from the tick; at least those asked for. */
  readonly windows: number;
  /** Values in them. */
  readonly values: number;
  /** Whether that is still too few: then there is no verdict. */
  readonly insufficient: boolean;
};

/** How much is asked for: windows at least and at most, and values. */
export type SpanNeeds = { readonly windows: number; readonly mostWindows: number; readonly minSamples: number };

/**
 * The shortest span that ends at the tick, is as long as asked for and has enough values. `counts` are the values per window going back
 * from the tick, the newest first; windows beyond its end are empty. Where even the longest has too few, the span is the
 * one asked for and insufficient. Throws a RangeError where the needs contradict each other.
 */
export function widenSpan(counts: readonly number[], { windows, mostWindows, minSamples }: SpanNeeds): Span {
  if (!(windows >= 1 && mostWindows >= windows)) {
    throw new RangeError(`a span is at least 1 window and at most the cap, got ${windows} and ${mostWindows}`);
  }
  let values = 0;
  let asked = 0;
  for (let i = 0; i < mostWindows; i++) {
    values += counts[i] ?? 0;
    if (i + 1 === windows) asked = values;
    if (i + 1 >= windows && values >= minSamples) return { windows: i + 1, values, insufficient: false };
  }
  return { windows, values: asked, insufficient: true };
}
