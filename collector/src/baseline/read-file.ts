import { extname } from 'node:path';
import { CollectorError } from '../errors.ts';
import { openCsv } from './read-csv.ts';
import { openParquet } from './read-parquet.ts';

/** A run of values of one column, in file order; `firstRow` counts data rows from 0. A missing value is null. */
export type ColumnChunk = { readonly column: string; readonly firstRow: number; readonly values: ArrayLike<unknown> };

/** A file of named columns, opened: its names are known, its rows are not yet read. */
export type ColumnFile = {
  readonly path: string;
  readonly columns: readonly string[];
  /**
   * Reads the named columns (all of them where none are named) once, in runs of bounded size: at most 4 096 rows
   * of a CSV file or one row group of a Parquet file are held. Runs of one column come in order; the columns take turns.
   */
  chunks(columns?: readonly string[]): AsyncIterable<ColumnChunk>;
};

/**
 * Opens a CSV (`.csv`, also `.tsv`) or Parquet (`.parquet`) file and reads its column names. Throws BASELINE_INVALID
 * where the file is absent, empty, of another kind, or has unnamed or doubled columns; reading its rows throws the
 * same for a row with too few or too many cells, naming the line.
 */
export async function readFile(path: string): Promise<ColumnFile> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return openCsv(path, ',');
    case '.tsv':
      return openCsv(path, '\t');
    case '.parquet':
      return openParquet(path);
    default:
      throw new CollectorError('BASELINE_INVALID', `${path}: expected a file that ends in .csv, .tsv or .parquet`);
  }
}
