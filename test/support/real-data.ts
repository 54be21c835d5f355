import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';

/** The real data with the answers other programs gave for it; absent on machines that have only the repository. */
const FOLDER = process.env.TIDEMARK_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data');

/** For `test(name, { skip })`: false where the data is there, else why the test is skipped. */
export const skipWithoutData: string | false = existsSync(resolve(FOLDER, 'oracle.json'))
  ? false
  : 'the real data is not here; set TIDEMARK_TEST_DATA to its folder';

type Row = Record<string, string>;

export type Side = { n: number; min: number; max: number; mean: number; std_population: number };

/** Scores of two vectors of shares. */
type Distances = {
  psi: { zero_share_to_1e_4: number };
  js_distance_base2: number;
  hellinger: number;
  l_infinity: number;
};

export type NumericColumn = {
  kind: 'numeric';
  reference: Side;
  current: Side;
  reference_percentiles_0_to_100: number[];
  current_percentiles_0_to_100: number[];
  ks: { statistic: number };
  wasserstein: { distance: number; divided_by_reference_std_population: number | null };
  decile_bins: {
    inner_cuts: number[];
    right_closed: Distances & { reference_counts: number[]; current_counts: number[] };
  };
};

/** `categories` and counts are null where there are too many to list. */
export type CategoricalColumn = Distances & {
  kind: 'categorical';
  n_categories: number;
  categories: string[] | null;
  reference_counts: number[] | null;
  current_counts: number[] | null;
  chi_square?: { statistic: number; cramers_v: number };
};

export type Pair = { id: string; columns: Record<string, NumericColumn | CategoricalColumn> };

export type PublishedCase = {
  test: string;
  reference_counts?: number[];
  current_counts?: number[];
  reference?: (string | number)[];
  current?: (string | number)[];
  expected: number;
  abs_tol: number;
};

type WindowOfColumn = { ks_vs_rows_0_15104: number; mean: number; p50: number; p95: number };

export type Elec2Window = { start: number; end: number; class_up_share: number } & Record<
  'nswprice' | 'nswdemand' | 'vicprice',
  WindowOfColumn
>;

type Oracle = {
  pairs: Pair[];
  published_small_cases: { cases: PublishedCase[] };
  elec2_30_day_windows: { windows: Elec2Window[] };
  california_by_month: { columns: Record<string, { months: string[]; ks: number[] }> };
};

let read: Oracle | undefined;

function oracle(): Oracle {
  read ??= JSON.parse(readFileSync(resolve(FOLDER, 'oracle.json'), 'utf8')) as Oracle;
  return read;
}

export const oraclePairs = (): Pair[] => oracle().pairs;

export const publishedCases = (): PublishedCase[] => oracle().published_small_cases.cases;

export const elec2Windows = (): Elec2Window[] => oracle().elec2_30_day_windows.windows;

/** By column: the ks of each calendar month against the whole reference file. */
export const californiaByMonth = (): Oracle['california_by_month']['columns'] => oracle().california_by_month.columns;

const files = new Map<string, Row[]>();

/** The rows of a file, each by column name. */
export function rowsOf(file: string): Row[] {
  const known = files.get(file);
  if (known) return known;
  const rows = parse(readFileSync(resolve(FOLDER, file)), { columns: true, bom: true }) as Row[];
  files.set(file, rows);
  return rows;
}

type Split = (rows: Row[]) => [reference: Row[], current: Row[]];

const by =
  (reference: (row: Row) => boolean, current: (row: Row) => boolean): Split =>
  (rows) => [rows.filter(reference), rows.filter(current)];
const slices =
  (a: number, b: number, c: number, d: number): Split =>
  (rows) => [rows.slice(a, b), rows.slice(c, d)];
const SCHOOL = new Set(['Some-college', 'HS-grad', 'Bachelors']);

/** Which rows each pair compares: `reference` and `current` of the oracle, in code. */
const PAIRS: Record<string, [file: string, split: Split]> = {
  elec2_first_vs_last_third: ['elec2.csv', slices(0, 15104, 30208, 45312)],
  elec2_month_vs_month_small: ['elec2.csv', slices(17424, 18864, 40000, 41440)],
  elec2_same_population: [
    'elec2.csv',
    (rows) => [
      rows.slice(20000, 24000).filter((_, index) => index % 2 === 0),
      rows.slice(20000, 24000).filter((_, index) => index % 2 === 1),
    ],
  ],
  adult_evidently_split: [
    'adult.csv',
    by(
      (row) => !SCHOOL.has(row.education!),
      (row) => SCHOOL.has(row.education!),
    ),
  ],
  adult_men_vs_women: [
    'adult.csv',
    by(
      (row) => row.sex === 'Male',
      (row) => row.sex === 'Female',
    ),
  ],
  adult_first_10000_vs_next_10000: ['adult.csv', slices(0, 10000, 10000, 20000)],
  bike_january_vs_february_2012: [
    'bike_hour.csv',
    by(
      (row) => row.dteday! >= '2012-01-01' && row.dteday! <= '2012-01-28',
      (row) => row.dteday! >= '2012-01-29' && row.dteday! <= '2012-02-28',
    ),
  ],
  bike_2011_vs_2012: [
    'bike_hour.csv',
    by(
      (row) => row.yr === '0',
      (row) => row.yr === '1',
    ),
  ],
  bike_winter_vs_summer: [
    'bike_hour.csv',
    by(
      (row) => row.season === '1',
      (row) => row.season === '3',
    ),
  ],
  taxis_yellow_vs_green: [
    'taxis.csv',
    by(
      (row) => row.color === 'yellow',
      (row) => row.color === 'green',
    ),
  ],
  taxis_first_vs_last_10_days: [
    'taxis.csv',
    by(
      (row) => row.pickup! < '2019-03-11',
      (row) => row.pickup! >= '2019-03-22',
    ),
  ],
  california_reference_vs_analysis: [
    'california_housing_reference.csv',
    (rows) => [rows, rowsOf('california_housing_analysis.csv')],
  ],
  sea_block0_vs_block1: ['sea.csv', slices(0, 12500, 12500, 25000)],
  sea_block0_vs_block2: ['sea.csv', slices(0, 12500, 25000, 37500)],
  sea_block0_vs_block3: ['sea.csv', slices(0, 12500, 37500, 50000)],
  metro_first_vs_last_quarter: ['metro_traffic.csv', slices(0, 12051, 36153, 48204)],
};

/** The cells of one column on both sides, empty ones left out. */
export function cellsOf(pairId: string, column: string): { reference: string[]; current: string[] } {
  const [file, split] = PAIRS[pairId]!;
  const [reference, current] = split(rowsOf(file));
  const cells = (rows: Row[]): string[] => rows.map((row) => row[column]!).filter((cell) => cell !== '');
  return { reference: cells(reference), current: cells(current) };
}

export function numbersOf(cells: readonly string[]): Float64Array {
  return Float64Array.from(cells, Number);
}

/** All rows of both sides of a pair, as the file has them. */
export function rowsOfPair(pairId: string): { reference: Row[]; current: Row[] } {
  const [file, split] = PAIRS[pairId]!;
  const [reference, current] = split(rowsOf(file));
  return { reference, current };
}
