import { extname } from 'node:path';
import { CollectorError } from '../errors.ts';
import { openCsv } from './read-csv.ts';
import { openJsonl } from './read-jsonl.ts';
import { openParquet } from './read-parquet.ts';

/** A run of values of one column, in file order; `firstRow` counts data rows from 0. A missing value is null. */
export type ColumnChunk = { readonly column: string; readonly firstRow: number; readonly values: ArrayLike<unknown> };

/** A file of named columns, opened: its names are known, its rows are not yet read. */
export type ColumnFile = {
  readonly path: string;
  readonly columns: readonly string[];
  /** Whether a value can be a vector, a list of numbers. */
  readonly hasVectors?: boolean;
  /**
   * Reads the named columns (all of them where none are named) once, in runs of bounded size: at most 4 096 rows
   * of a CSV or JSON Lines file or one row group of a Parquet file are held. Runs of one column come in order; the columns take turns.
   */
  chunks(columns?: readonly string[]): AsyncIterable<ColumnChunk>;
};

/** Hears, now and then, which share of the file (0..1) has been read in this pass over it. */
export type ReadTold = (share: number) => void;

/**
 * Opens a CSV (`.csv`, also `.tsv`), Parquet (`.parquet`) or JSON Lines (`.jsonl`, also `.ndjson`) file and reads its
 * column names. Throws BASELINE_INVALID where the file is absent, empty, of another kind, or has unnamed or doubled
 * columns; reading its rows throws the same for a row with too few or too many cells, naming the line.
 */
export async function readFile(path: string, told: ReadTold = () => undefined): Promise<ColumnFile> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return openCsv(path, ',', told);
    case '.tsv':
      return openCsv(path, '\t', told);
    case '.parquet':
      return openParquet(path, told);
    case '.jsonl':
    case '.ndjson':
      return openJsonl(path, told);
    default: {
      const known = '.csv, .tsv, .parquet, .jsonl or .ndjson';
      throw new CollectorError('BASELINE_INVALID', `${path}: expected a file that ends in ${known}`);
    }
  }
}
