import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { CollectorError, messageOf } from '../errors.ts';
import type { ColumnChunk, ColumnFile, ReadTold } from './read-file.ts';

/** Rows held at a time. */
const ROWS = 4096;

/** Characters in one row: past this a quote was left open, or it is no CSV at all. */
const MAX_ROW_CHARACTERS = 1 << 20;

type Row = { readonly record: string[]; readonly info: Info };

/** Opens a CSV file with a header row. Cells come as text, empty cells as null; what is a number is decided later. */
export async function openCsv(path: string, delimiter: string, told: ReadTold): Promise<ColumnFile> {
  let header: string[] | null = null;
  for await (const row of rowsOf(path, delimiter, () => undefined, 1)) header = row.record;
  if (header === null) throw new CollectorError('BASELINE_INVALID', `${path} is empty: expected a row of column names`);
  const columns = checkedHeader(path, header);
  return { path, columns, chunks: (wanted) => chunksOf(path, delimiter, columns, wanted ?? columns, told) };
}

async function* chunksOf(
  path: string,
  delimiter: string,
  columns: readonly string[],
  wanted: readonly string[],
  told: ReadTold,
): AsyncGenerator<ColumnChunk> {
  const places = wanted.map((column) => columns.indexOf(column));
  let held: (string | null)[][] = wanted.map(() => []);
  let firstRow = 0;
  let row = -1;
  for await (const { record, info } of rowsOf(path, delimiter, told)) {
    if (row === -1) {
      row = 0;
      continue;
    }
    if (record.length !== columns.length) {
      const counts = `expected ${columns.length} cells as in the header, got ${record.length}`;
      throw new CollectorError('BASELINE_INVALID', `${path}:${info.lines}: ${counts}`);
    }
    for (const [index, place] of places.entries()) {
      const cell = record[place]!;
      held[index]!.push(cell === '' ? null : cell);
    }
    row++;
    if (row - firstRow === ROWS) {
      for (const [index, column] of wanted.entries()) yield { column, firstRow, values: held[index]! };
      held = wanted.map(() => []);
      firstRow = row;
    }
  }
  if (row > firstRow) for (const [index, column] of wanted.entries()) yield { column, firstRow, values: held[index]! };
}

async function* rowsOf(path: string, delimiter: string, told: ReadTold, toLine?: number): AsyncGenerator<Row> {
  try {
    const { size } = await stat(path);
    const file = createReadStream(path);
    const parser = parse({
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_CHARACTERS,
      ...(toLine === undefined ? {} : { to: toLine }),
    });
    // pipe() does not carry errors on; without this a file that cannot be read would hang the reader. From here to the loop
    // nothing is awaited: an error of the parser while nobody reads it would end the process.
    file.on('error', (error) => parser.destroy(error));
    file.on('data', () => told(Math.min(1, file.bytesRead / size)));
    file.pipe(parser);
    try {
      for await (const row of parser) yield row as Row;
    } finally {
      file.destroy();
      parser.destroy();
    }
  } catch (cause) {
    if (cause instanceof CollectorError) throw cause;
    const line = cause instanceof CsvError && typeof cause.lines === 'number' ? `:${cause.lines}` : '';
    throw new CollectorError('BASELINE_INVALID', `${path}${line}: ${messageOf(cause)}`, { cause });
  }
}

function checkedHeader(path: string, header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const unnamed = names.indexOf('');
  if (unnamed >= 0) throw new CollectorError('BASELINE_INVALID', `${path}:1: column ${unnamed + 1} has no name`);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) {
    throw new CollectorError('BASELINE_INVALID', `${path}:1: the column name '${doubled}' stands there twice`);
  }
  return names;
}
