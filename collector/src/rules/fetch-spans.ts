import { SketchError, type Summary } from '@tidemark/sketch';
import { CollectorError, messageOf } from '../errors.ts';
import type { JudgingSource } from './source.ts';

/** What a series holds in a span (null for no window), or why it could not be read. */
export type Fetched = { readonly summary: Summary | null } | { readonly failed: string };

/** All spans in one question; where that fails, one by one, so that one series with bad bytes does not blind the rest. */
export async function fetchSpans(
  ids: readonly number[],
  from: number,
  to: number,
  source: JudgingSource,
): Promise<Map<number, Fetched>> {
  const spans = new Map<number, Fetched>();
  if (ids.length === 0) return spans;
  try {
    const merged = await source.spans(ids, from, to);
    for (const id of ids) spans.set(id, { summary: merged.get(id) ?? null });
  } catch (error) {
    if (!isAboutData(error)) throw error;
    for (const id of ids) spans.set(id, await fetchSpan(id, from, to, source));
  }
  return spans;
}

/** Several series as one, such as the same of several versions. */
export function together(ids: readonly number[], spans: ReadonlyMap<number, Fetched>): Fetched {
  let merged: Summary | null = null;
  for (const id of ids) {
    const span = spans.get(id) ?? { summary: null };
    if ('failed' in span) return span;
    if (merged === null || span.summary === null) merged ??= span.summary;
    else {
      merged = merged.clone();
      merged.merge(span.summary);
    }
  }
  return { summary: merged };
}

/** Whether what is stored is damaged. A store that is away is no finding: the tick is judged when it is back. */
export function isAboutData(error: unknown): boolean {
  return error instanceof SketchError || error instanceof CollectorError;
}

async function fetchSpan(id: number, from: number, to: number, source: JudgingSource): Promise<Fetched> {
  try {
    return { summary: (await source.spans([id], from, to)).get(id) ?? null };
  } catch (error) {
    if (!isAboutData(error)) throw error;
    return { failed: `its windows cannot be read: ${messageOf(error)}` };
  }
}
