import { BASELINE_SIZE_RULE, type SeriesKind, Summary } from '@tidemark/sketch';
import { makeBins } from '../drift/bins.ts';
import { formatDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import type { BaselineWindow, NewBaselineSeries } from './baseline.ts';
import type { ColumnTarget } from './column-name.ts';
import { keptSpans, type Span, spanText, touches } from './spans.ts';

/** A series of the model version that the store has windows of, all of its traffic together. */
export type WindowedSeries = ColumnTarget & { readonly id: number; readonly kind: SeriesKind };

/** A stretch of time in which an alert of the model version was on; `what` names it for people. */
export type Incident = Span & { readonly what: string };

/** What making a baseline has to see of the store. */
export interface WindowSource {
  series(): Promise<readonly WindowedSeries[]>;
  /** What is kept of a series in a span, oldest first; windows that reach beyond the span are left out, and none is wider than `windowMs` if the store has finer ones. */
  windows(series: WindowedSeries, span: Span, windowMs: number): AsyncIterable<BaselineWindow>;
  /** Inferences in those windows. */
  rows(span: Span, windowMs: number): Promise<number>;
  /** Incidents that touch a span, oldest first. */
  incidents(span: Span): Promise<readonly Incident[]>;
}

/** Which windows to take: those in `span` that no mask touches, cut `windowMs` wide, by default an hour, or a day where that were too many. */
export type WindowPlan = {
  readonly span: Span;
  readonly masks: readonly Span[];
  readonly windowMs: number | null;
  /** Whether incidents are taken for normal. */
  readonly force: boolean;
};

/** A baseline of stored windows; its series are read one by one as they are asked for. */
export type WindowedBaseline = {
  readonly rows: number;
  readonly windowMs: number;
  readonly series: AsyncIterable<NewBaselineSeries>;
};

/** Windows of all series together that are kept of one baseline: up to 2.4 kB each in the store (200 values a window). */
export const MAX_WINDOWS = 20_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SHOWN_INCIDENTS = 10;

/**
 * A baseline of what the store has of a model version in a span. Throws BASELINE_INVALID where there is nothing in it, where
 * it has more than 20 000 windows of series, and, unless forced, where alerts were on in it.
 */
export async function fromWindows(source: WindowSource, plan: WindowPlan): Promise<WindowedBaseline> {
  const series = await source.series();
  const windowMs = windowWidth(plan, series.length);
  checkWhole(plan.span, windowMs);
  const kept = keptSpans(plan.span, plan.masks, windowMs);
  if (!plan.force) refuseIncidents(kept, await source.incidents(plan.span));
  let rows = 0;
  for (const span of kept) rows += await source.rows(span, windowMs);
  if (rows === 0) {
    const masked = plan.masks.length === 0 ? '' : ' outside of the masks';
    throw new CollectorError('BASELINE_INVALID', `the store has no windows in ${spanText(plan.span)}${masked}`);
  }
  return { rows, windowMs, series: readSeries(source, series, kept, windowMs) };
}

async function* readSeries(
  source: WindowSource,
  all: readonly WindowedSeries[],
  kept: readonly Span[],
  windowMs: number,
): AsyncGenerator<NewBaselineSeries> {
  for (const series of all) {
    const summary = new Summary(series.kind, { sizeRule: BASELINE_SIZE_RULE });
    const windows = new Map<number, Summary>();
    for (const span of kept) {
      for await (const piece of source.windows(series, span, windowMs)) {
        summary.merge(piece.summary);
        const start = Math.floor(piece.start / windowMs) * windowMs;
        const window = windows.get(start);
        if (window === undefined) windows.set(start, piece.summary);
        else window.merge(piece.summary);
      }
    }
    if (windows.size === 0) continue;
    const { stage, field, kind } = series;
    const inOrder = [...windows].map(([start, window]) => ({ start, summary: window }));
    yield { stage, field, kind, summary, bins: makeBins(summary), windows: inOrder };
  }
}

function windowWidth({ span, windowMs }: WindowPlan, series: number): number {
  const countOf = (width: number) => Math.ceil((span.to - span.from) / width) * series;
  const width = windowMs ?? (countOf(HOUR_MS) <= MAX_WINDOWS ? HOUR_MS : DAY_MS);
  if (countOf(width) <= MAX_WINDOWS) return width;
  const text = `expected at most ${MAX_WINDOWS} windows of series, got ${countOf(width)}`;
  throw new CollectorError('BASELINE_INVALID', `${text} (${series} series); take a shorter span or a wider --window`);
}

function checkWhole(span: Span, windowMs: number): void {
  if (span.from % windowMs === 0 && span.to % windowMs === 0) return;
  const text = `expected a span of whole windows of ${formatDuration(windowMs)}, got ${spanText(span)}`;
  throw new CollectorError('BASELINE_INVALID', `${text}; move its ends, or set --window`);
}

function refuseIncidents(kept: readonly Span[], incidents: readonly Incident[]): void {
  const found = incidents.filter((incident) => touches(kept, incident));
  if (found.length === 0) return;
  const shown = found.slice(0, SHOWN_INCIDENTS).map((one) => `\n  - ${one.what}: --mask ${spanText(one)}`);
  const more = found.length > SHOWN_INCIDENTS ? `\n  … and ${found.length - SHOWN_INCIDENTS} more` : '';
  const text = `alerts were on in the span, so it is no reference for what is normal. Mask them, or take it all with --force:`;
  throw new CollectorError('BASELINE_INVALID', `${text}${shown.join('')}${more}`);
}
