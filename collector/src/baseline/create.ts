import type { SeriesKind } from '@tidemark/sketch';
import { makeBins } from '../drift/bins.ts';
import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import { type NewBaselineSeries, seriesKey } from './baseline.ts';
import { type ColumnTarget, keyOfColumn, targetOfColumn } from './column-name.ts';
import { ColumnSummary } from './column-summary.ts';
import type { ColumnFile } from './read-file.ts';
import { type RowTime, RowWindows } from './row-windows.ts';
import type { Span } from './spans.ts';

/** A series that the model is known to have, so that the file must have its column, and of this kind. */
export type ExpectedSeries = ColumnTarget & { readonly kind: SeriesKind };

/** What to make of the file; by default every column, each of the kind its first values suggest. */
export type CreateOptions = {
  /** Columns to take, as they are called in the file. */
  readonly columns?: readonly string[];
  /** Columns to leave out, as they are called in the file: ids, row times. */
  readonly exclude?: readonly string[];
  /** The series of the model. Their kinds are taken over; a column for each must be there, and with `strict` no other. */
  readonly expected?: readonly ExpectedSeries[];
  /** Whether columns beyond the expected ones are mistakes. Default false. */
  readonly strict?: boolean;
  /** The column that says when each row was, which is no series then, and how wide the windows are to be. */
  readonly time?: RowTime | undefined;
};

/** What was made of the file, keyed as in `Baseline.series`, how many data rows it had, and of what span they are, where they have times. */
export type CreatedBaseline = {
  readonly series: ReadonlyMap<string, NewBaselineSeries>;
  readonly rows: number;
  readonly span: Span | null;
};

/**
 * Summarises every wanted column of a file in one pass and fixes the bins. Throws BASELINE_INVALID, with all wrong
 * columns in one message, where a column is missing or unknown, or where there are no rows.
 */
export async function createBaseline(file: ColumnFile, options: CreateOptions = {}): Promise<CreatedBaseline> {
  const wanted = wantedColumns(file, options);
  const kinds = new Map(options.expected?.map((one) => [seriesKey(one.stage, one.field), one.kind]));
  const columns = new Map(wanted.map((column) => [column, new ColumnSummary(kinds.get(keyOfColumn(column)))]));
  const { time } = options;
  const windows = time === undefined ? null : new RowWindows(file.path, time, wanted.length);
  let starts: Float64Array | null = null;
  let rows = 0;
  // Columns take turns in the order asked, so that the times of a run come before its values.
  for await (const { column, firstRow, values } of file.chunks([...(time ? [time.column] : []), ...wanted])) {
    if (windows !== null && column === time?.column) starts = windows.starts(values, firstRow);
    else columns.get(column)?.take(values, starts);
    rows = Math.max(rows, firstRow + values.length);
  }
  if (rows === 0) throw new CollectorError('BASELINE_INVALID', `${file.path} has column names but no rows`);
  const series = new Map<string, NewBaselineSeries>();
  for (const [column, taken] of columns) {
    const summary = taken.summary();
    series.set(keyOfColumn(column), {
      ...targetOfColumn(column),
      kind: summary.kind,
      summary,
      bins: makeBins(summary),
      windows: taken.windows(),
    });
  }
  return { series, rows, span: windows?.span() ?? null };
}

/** The columns to read, after all complaints about their names were gathered. */
function wantedColumns(file: ColumnFile, options: CreateOptions): string[] {
  const complaints: string[] = [];
  const time = options.time === undefined ? [] : [options.time.column];
  for (const named of [...(options.columns ?? []), ...(options.exclude ?? []), ...time]) {
    if (!file.columns.includes(named)) complaints.push(`no column '${named}'${didYouMean(named, file.columns)}`);
  }
  const excluded = new Set([...(options.exclude ?? []), ...time]);
  const wanted = (options.columns ?? file.columns).filter((column) => !excluded.has(column));
  const byKey = new Map<string, string>();
  for (const column of wanted) {
    const other = byKey.get(keyOfColumn(column));
    if (other !== undefined) complaints.push(`the columns '${other}' and '${column}' are the same series`);
    byKey.set(keyOfColumn(column), column);
  }
  complaints.push(...expectationsBroken(options, byKey, file.hasVectors === true));
  if (complaints.length > 0) {
    const list = complaints.map((complaint) => `\n  - ${complaint}`).join('');
    throw new CollectorError('BASELINE_INVALID', `${file.path} has the wrong columns:${list}`);
  }
  if (wanted.length === 0) throw new CollectorError('BASELINE_INVALID', `${file.path}: no column is left to read`);
  return wanted;
}

function expectationsBroken(options: CreateOptions, byKey: ReadonlyMap<string, string>, hasVectors: boolean): string[] {
  const expected = options.expected ?? [];
  const keys = new Map(expected.map((one) => [seriesKey(one.stage, one.field), columnNameOf(one)]));
  const isLost = (one: ExpectedSeries) =>
    one.kind === 'vector' && !hasVectors && byKey.has(seriesKey(one.stage, one.field));
  const missing = [...keys].filter(([key]) => !byKey.has(key)).map(([, column]) => column);
  const extra = [...byKey].filter(([key]) => !keys.has(key)).map(([, column]) => column);
  const complaints = missing.map((column) => `the column '${column}' is missing${didYouMean(column, extra)}`);
  complaints.push(
    ...expected
      .filter(isLost)
      .map((one) => `the column '${columnNameOf(one)}' is of vectors, which only JSON Lines can hold: leave it out`),
  );
  if (options.strict && expected.length > 0) {
    complaints.push(
      ...extra.map((column) => `the model has no series for the column '${column}'${didYouMean(column, missing)}`),
    );
  }
  return complaints;
}

function columnNameOf({ stage, field }: ColumnTarget): string {
  return stage === 'feature' ? field : `${stage}.${field}`;
}
