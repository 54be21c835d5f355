import { BASELINE_SIZE_RULE, type SeriesKind, Summary } from '@tidemark/sketch';
import { makeBins } from '../drift/bins.ts';
import { CollectorError } from '../errors.ts';
import { didYouMean } from '../near-name.ts';
import { type BaselineSeries, seriesKey } from './baseline.ts';
import { type ColumnTarget, targetOfColumn } from './column-name.ts';
import { isNumberText, numberOfText } from './number-text.ts';
import type { ColumnFile } from './read-file.ts';

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
};

/** What was made of the file, keyed as in `Baseline.series`, and how many data rows it had. */
export type CreatedBaseline = { readonly series: ReadonlyMap<string, BaselineSeries>; readonly rows: number };

/** Values looked at to tell numbers from categories. */
const INFERENCE_VALUES = 1000;

/**
 * Summarises every wanted column of a file in one pass and fixes the bins. Throws BASELINE_INVALID, with all wrong
 * columns in one message, where a column is missing or unknown, or where there are no rows.
 */
export async function createBaseline(file: ColumnFile, options: CreateOptions = {}): Promise<CreatedBaseline> {
  const wanted = wantedColumns(file, options);
  const kinds = new Map(options.expected?.map((one) => [seriesKey(one.stage, one.field), one.kind]));
  const columns = new Map(wanted.map((column) => [column, new Column(kinds.get(keyOfColumn(column)))]));
  let rows = 0;
  for await (const { column, firstRow, values } of file.chunks(wanted)) {
    columns.get(column)?.take(values);
    rows = Math.max(rows, firstRow + values.length);
  }
  if (rows === 0) throw new CollectorError('BASELINE_INVALID', `${file.path} has column names but no rows`);
  const series = new Map<string, BaselineSeries>();
  for (const [column, taken] of columns) {
    const summary = taken.summary();
    series.set(keyOfColumn(column), {
      ...targetOfColumn(column),
      kind: summary.kind,
      summary,
      bins: makeBins(summary),
    });
  }
  return { series, rows };
}

/** The summary of one column in the making. */
class Column {
  readonly #declared: SeriesKind | undefined;
  #summary: Summary | null = null;
  #leadingNulls = 0;

  constructor(declared: SeriesKind | undefined) {
    this.#declared = declared;
  }

  take(values: ArrayLike<unknown>): void {
    if (this.#summary === null) {
      const kind = this.#declared ?? inferKind(values);
      if (kind === null) {
        this.#leadingNulls += values.length;
        return;
      }
      this.#start(kind);
    }
    this.#fill(values);
  }

  /** A column of nulls alone has no kind; it is kept as a number, so that its null share can be judged. */
  summary(): Summary {
    return this.#summary ?? this.#start(this.#declared ?? 'number');
  }

  #start(kind: SeriesKind): Summary {
    const summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
    for (let i = 0; i < this.#leadingNulls; i++) summary.add(null);
    this.#summary = summary;
    return summary;
  }

  #fill(values: ArrayLike<unknown>): void {
    const summary = this.summary();
    const isNumber = summary.kind === 'number';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      summary.add(isNumber && typeof value === 'string' ? numberOfText(value) : value);
    }
  }
}

/** Number where every one of the first values that are there is or looks like one; null where none is there. */
function inferKind(values: ArrayLike<unknown>): SeriesKind | null {
  let seen = 0;
  for (let i = 0; i < values.length && seen < INFERENCE_VALUES; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    seen++;
    if (typeof value !== 'number' && !(typeof value === 'string' && isNumberText(value))) return 'category';
  }
  return seen === 0 ? null : 'number';
}

function keyOfColumn(column: string): string {
  const { stage, field } = targetOfColumn(column);
  return seriesKey(stage, field);
}

/** The columns to read, after all complaints about their names were gathered. */
function wantedColumns(file: ColumnFile, options: CreateOptions): string[] {
  const complaints: string[] = [];
  for (const named of [...(options.columns ?? []), ...(options.exclude ?? [])]) {
    if (!file.columns.includes(named)) complaints.push(`no column '${named}'${didYouMean(named, file.columns)}`);
  }
  const excluded = new Set(options.exclude);
  const wanted = (options.columns ?? file.columns).filter((column) => !excluded.has(column));
  const byKey = new Map<string, string>();
  for (const column of wanted) {
    const other = byKey.get(keyOfColumn(column));
    if (other !== undefined) complaints.push(`the columns '${other}' and '${column}' are the same series`);
    byKey.set(keyOfColumn(column), column);
  }
  complaints.push(...expectationsBroken(options, byKey));
  if (complaints.length > 0) {
    const list = complaints.map((complaint) => `\n  - ${complaint}`).join('');
    throw new CollectorError('BASELINE_INVALID', `${file.path} has the wrong columns:${list}`);
  }
  if (wanted.length === 0) throw new CollectorError('BASELINE_INVALID', `${file.path}: no column is left to read`);
  return wanted;
}

function expectationsBroken(options: CreateOptions, byKey: ReadonlyMap<string, string>): string[] {
  const expected = options.expected ?? [];
  const keys = new Map(expected.map((one) => [seriesKey(one.stage, one.field), columnNameOf(one)]));
  const vectors = expected.filter((one) => one.kind === 'vector' && byKey.has(seriesKey(one.stage, one.field)));
  const missing = [...keys].filter(([key]) => !byKey.has(key)).map(([, column]) => column);
  const extra = [...byKey].filter(([key]) => !keys.has(key)).map(([, column]) => column);
  const complaints = missing.map((column) => `the column '${column}' is missing${didYouMean(column, extra)}`);
  complaints.push(
    ...vectors.map(
      (one) => `the column '${columnNameOf(one)}' is of vectors, which baselines do not cover yet: leave it out`,
    ),
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
