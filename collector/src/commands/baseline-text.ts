import type { Baseline, BaselineSeries } from '../baseline/baseline.ts';
import { spanText } from '../baseline/spans.ts';
import { formatDuration } from '../duration.ts';
import type { BaselineRow } from '../store/baselines.ts';
import { textTable } from './text-table.ts';

const QUANTILES = [0.05, 0.5, 0.95] as const;
/** Categories shown of a series. */
const TOP = 3;

/** A baseline without its contents, for programs: times in ISO 8601. */
export function baselineJson({ span_from, span_to, masks, created_at, ...row }: BaselineRow) {
  return {
    ...row,
    span_from: timeOf(span_from),
    span_to: timeOf(span_to),
    masks: masks.map(([from, to]) => [timeOf(from), timeOf(to)]),
    created_at: timeOf(created_at),
  };
}

/** Which baseline it is, and whether rules go by it. */
export function titleOf(row: BaselineRow): string {
  return `${row.name} of ${row.model} ${row.version}, revision ${row.revision} (${useOf(row)})`;
}

/** Whether rules that ask for the name get this one. */
export function useOf({ pinned, in_use }: BaselineRow): string {
  if (pinned) return 'pinned';
  return in_use ? 'in use' : 'not in use';
}

/** One series of a baseline for programs, its bins whole. */
export function seriesJson({ stage, field, kind, summary, bins }: BaselineSeries) {
  const { kinds, digest, moments, categories, pairs } = summary;
  const { valid, missing, nan, positiveInfinity, negativeInfinity, wrongType } = kinds;
  const counts = { valid, missing, nan, infinite: positiveInfinity + negativeInfinity, wrong_type: wrongType };
  const about = { stage, field, kind, ...counts, bins };
  if (valid === 0) return about;
  if (kind === 'category')
    return { ...about, distinct: Math.round(categories.distinct), top: topOf(categories.entries()) };
  if (kind === 'pair') return { ...about, correlation: Number.isNaN(pairs.correlation) ? null : pairs.correlation };
  if (kind === 'vector') return about;
  const [q05, q50, q95] = digest.quantiles(QUANTILES);
  return { ...about, min: digest.min, q05, q50, q95, max: digest.max, mean: moments.mean };
}

/** A baseline for people: what it is of, and a table of its series. */
export function baselineText(row: BaselineRow, { series }: Baseline, width: number): string {
  const { n_rows, source, masks } = row;
  const lines = [`${titleOf(row)}, made ${timeOf(row.created_at)}`, `${n_rows} rows from ${source}`];
  if (row.span_from !== null && row.span_to !== null)
    lines.push(`of ${spanText({ from: row.span_from, to: row.span_to })}`);
  if (masks.length > 0) lines.push(`without ${masks.map(([from, to]) => spanText({ from, to })).join(', ')}`);
  if (row.window_s !== null) lines.push(`its windows of ${formatDuration(row.window_s * 1000)} are kept`);
  const sorted = [...series.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const kind of ['number', 'category', 'vector', 'pair'] as const) {
    const rows = sorted.filter((one) => one.kind === kind).map(rowOf);
    if (rows.length > 0) lines.push('', ...textTable([...TITLES[kind]], rows, width));
  }
  return lines.join('\n');
}

const TITLES = {
  number: ['number', 'valid', 'null', 'min', 'q05', 'q50', 'q95', 'max', 'mean', 'bins'],
  category: ['category', 'valid', 'null', 'distinct', 'bins', 'most frequent'],
  vector: ['vector', 'valid', 'null', 'size'],
  pair: ['pair', 'valid', 'null', 'correlation'],
} as const;

function rowOf(one: BaselineSeries): string[] {
  const { kinds, digest, moments, categories, projections, pairs } = one.summary;
  const cells = [nameOf(one), String(kinds.valid), String(kinds.missing + kinds.nan)];
  switch (one.kind) {
    case 'number': {
      const bins = one.bins.kind === 'number' ? one.bins.cuts.length + 1 : 0;
      if (kinds.valid === 0) return [...cells, ...['-', '-', '-', '-', '-', '-'], String(bins)];
      const figures = [digest.min, ...digest.quantiles(QUANTILES), digest.max, moments.mean];
      return [...cells, ...figures.map((figure) => String(Number(figure.toPrecision(4)))), String(bins)];
    }
    case 'category': {
      const bins = one.bins.kind === 'category' ? one.bins.keys.length + 1 : 0;
      const top = topOf(categories.entries()).map(({ key, count }) => `${key} ${percent(count / categories.total)}`);
      return [...cells, String(Math.round(categories.distinct)), String(bins), top.join(', ')];
    }
    case 'vector':
      return [...cells, String(projections.size)];
    case 'pair':
      return [...cells, correlationText(pairs.correlation)];
  }
}

function correlationText(correlation: number): string {
  return Number.isNaN(correlation) ? '-' : correlation.toFixed(3);
}

function topOf(entries: readonly { readonly key: string; readonly count: number }[]) {
  return entries.slice(0, TOP).map(({ key, count }) => ({ key, count }));
}

function nameOf({ stage, field }: BaselineSeries): string {
  return `${stage}/${field}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
