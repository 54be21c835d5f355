import { readTable, rowsOf, type Table } from './table.ts';
import type { Served } from './table-stream.ts';

/** Something that is known to be in a file: the rules of which one has to fire for the field, and the rows it is in. */
export type Known = {
  readonly what: string;
  readonly field: string;
  readonly alerts: readonly string[];
  /** Rows of the file as it is served: from the first to the last that has it. */
  readonly from: number;
  readonly to: number;
};

/** A file, how it is served, and what is known of it. */
export type Case = {
  readonly name: string;
  readonly files: readonly string[];
  readonly predictions?: readonly string[];
  readonly known: readonly Known[];
  /** Fields (`*`: all) of which nothing may be told at all, or not before `until` (a row as it is served). */
  readonly quiet: readonly { readonly field: string; readonly until?: number }[];
  /** What is served, the rows of the baseline, and the first row that is judged. */
  readonly load: () => Promise<{ readonly served: Served; readonly reference: Table; readonly judgedFrom: number }>;
};

/** Any sign that values are others than before. */
const MOVED = ['ValuesOutOfRange', 'DistributionMoved', 'DistributionDrifted', 'MeanMoved', 'NewCategories'];

const JOINS = 17_424;

/**
 * Rows where the file has no usable time come half an hour or an hour apart, as its origin says, or 500 an hour. Columns that
 * are a number of the row, its time or its true label are left out: a model is not fed them.
 */
export const CASES: readonly Case[] = [
  {
    name: 'elec2',
    files: ['elec2.csv'],
    known: ['vicprice', 'vicdemand', 'transfer'].map((field) => ({
      what: 'the Victorian market joins',
      field,
      alerts: MOVED,
      from: JOINS,
      to: JOINS + 48 * 7,
    })),
    quiet: [
      { field: 'day' },
      { field: 'period' },
      ...['vicprice', 'vicdemand', 'transfer'].map((field) => ({ field, until: JOINS })),
    ],
    // The first half year is the baseline.
    load: () => oneFile('elec2.csv', ['date', 'class'], 26 * 7 * 48, 2),
  },
  {
    name: 'california',
    files: ['california_housing_reference.csv', 'california_housing_analysis.csv'],
    predictions: ['y_pred_proba', 'y_pred'],
    // Rows go from south to north; of these two NannyML's own monthly thresholds say so as well.
    known: ['Latitude', 'Longitude'].map((field) => ({
      what: 'rows in geographical order',
      field,
      alerts: MOVED,
      from: 5832,
      to: 14_064,
    })),
    quiet: [],
    load: async () => {
      const left = ['id', 'timestamp', 'clf_target'];
      const reference = without(await readTable('california_housing_reference.csv'), left);
      const analysis = without(await readTable('california_housing_analysis.csv'), left);
      const columns = reference.columns.map((column, i) => ({
        ...column,
        values: [...column.values, ...analysis.columns[i]!.values],
      }));
      const rows = reference.rows + analysis.rows;
      return { served: steady({ rows, columns }, 1), reference, judgedFrom: reference.rows };
    },
  },
  {
    name: 'metro',
    files: ['metro_traffic.csv'],
    known: [
      { what: 'ten readings of 0 K', field: 'temp', alerts: ['ValuesOutOfRange'], from: 11_898, to: 11_951 },
      { what: '9831 mm of rain', field: 'rain_1h', alerts: MOVED, from: 24_872, to: 24_872 + 48 },
    ],
    quiet: [],
    // The first year is the baseline.
    load: () => oneFile('metro_traffic.csv', [], 52 * 7 * 24, 1),
  },
  {
    name: 'sea',
    files: ['sea.csv'],
    known: [],
    quiet: ['x1', 'x2', 'x3'].map((field) => ({ field })),
    load: () => oneFile('sea.csv', ['class'], 12_500, 500),
  },
  {
    name: 'adult halves',
    files: ['adult.csv'],
    known: [],
    quiet: [{ field: '*' }],
    load: () => oneFile('adult.csv', [], 24_421, 500),
  },
  {
    name: 'taxis',
    files: ['taxis.csv'],
    // Green taxis may pick up outside of the middle of Manhattan only.
    known: ['pickup_zone', 'pickup_borough', 'dropoff_borough'].map((field) => ({
      what: 'green taxis after yellow ones',
      field,
      alerts: MOVED,
      from: 0,
      to: 981,
    })),
    quiet: [],
    load: yellowThenGreen,
  },
];

/** Rows that come evenly, so many an hour. */
function steady(table: Table, perHour: number): Served {
  return { table, hours: Array.from({ length: table.rows }, (_, row) => Math.floor(row / perHour)) };
}

/** One file of which the first rows are the baseline. What was served while it was made lies before what is judged. */
async function oneFile(
  file: string,
  left: readonly string[],
  referenceRows: number,
  perHour: number,
): ReturnType<Case['load']> {
  const table = without(await readTable(file), left);
  const reference = rowsOf(
    table,
    Array.from({ length: referenceRows }, (_, row) => row),
  );
  return { served: steady(table, perHour), reference, judgedFrom: referenceRows };
}

/** The month of the yellow taxis is the baseline; then come the green ones in the order and at the pace of theirs. */
async function yellowThenGreen(): ReturnType<Case['load']> {
  const table = await readTable('taxis.csv');
  const column = (name: string) => table.columns.find((one) => one.name === name)!.values;
  const [color, pickup] = [column('color'), column('pickup')];
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const hourOf = (row: number) => Math.floor(Date.parse(`${pickup[row]}Z`.replace(' ', 'T')) / 3_600_000);
  const green = rows.filter((row) => color[row] === 'green').sort((a, b) => hourOf(a) - hourOf(b));
  const left = ['pickup', 'dropoff', 'color'];
  const served = { table: without(rowsOf(table, green), left), hours: green.map(hourOf) };
  const reference = without(
    rowsOf(
      table,
      rows.filter((row) => color[row] === 'yellow'),
    ),
    left,
  );
  return { served, reference, judgedFrom: 0 };
}

function without({ rows, columns }: Table, left: readonly string[]): Table {
  return { rows, columns: columns.filter(({ name }) => !left.includes(name)) };
}
