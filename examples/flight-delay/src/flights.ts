import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, type ColumnData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { BASELINE_FROM, REPLAY_TO } from './calendar.ts';

/**
 * Flights as parallel columns in order of departure time; row `i` is the i-th flight. Flights of the same minute keep the order of the file.
 * `delay` is in minutes (negative is early), `distance` in miles, `origin` and `destination` are codes into `airports`.
 */
export type Flights = {
  readonly count: number;
  /**
   * Departure, milliseconds since the epoch, the file's local times read as UTC. The file does not say whether scheduled or actual; it looks actual:
   * flights leave in every minute of the hour, and of those between two and four in the morning two of three are late.
   */
  readonly time: Float64Array;
  readonly delay: Int16Array;
  readonly distance: Uint16Array;
  readonly origin: Uint16Array;
  readonly destination: Uint16Array;
  readonly airports: readonly string[];
};

const MINUTE = 60_000;

/** The file of three million flights inside the installed npm package `vega-datasets` (BSD-3). */
export function flightsFile(): string {
  return fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));
}

/**
 * Reads the flights that depart in [from, to), January to June 2001 unless told otherwise.
 * Throws an `Error` naming the file when it cannot be read or a column is absent.
 */
export async function loadFlights(span: { from?: number; to?: number; file?: string } = {}): Promise<Flights> {
  const { from = BASELINE_FROM, to = REPLAY_TO, file = flightsFile() } = span;
  try {
    return orderByTime(await readColumns(file), from, to);
  } catch (cause) {
    throw new Error(`cannot read the flights in ${file}; does "npm ci" report errors?`, { cause });
  }
}

type Columns = Omit<Flights, 'count' | 'airports'> & { readonly airports: string[] };

async function readColumns(path: string): Promise<Columns> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  const airports = new Map<string, number>();
  const codeOf = (name: string): number => {
    let code = airports.get(name);
    if (code === undefined) {
      code = airports.size;
      airports.set(name, code);
    }
    return code;
  };
  const time = new Float64Array(rows);
  const delay = new Int16Array(rows);
  const distance = new Uint16Array(rows);
  const origin = new Uint16Array(rows);
  const destination = new Uint16Array(rows);
  const fill: Record<string, (row: number, value: unknown) => void> = {
    // Columns stay numbers: three million Date objects or BigInts would be the larger part of the loading time.
    date: (row, value) => {
      time[row] = Number(value) / (typeof value === 'bigint' ? 1000 : 1);
    },
    delay: (row, value) => {
      delay[row] = Number(value);
    },
    distance: (row, value) => {
      distance[row] = Number(value);
    },
    origin: (row, value) => {
      origin[row] = codeOf(value as string);
    },
    destination: (row, value) => {
      destination[row] = codeOf(value as string);
    },
  };
  const seen = new Map<string, number>();
  const onChunk = ({ columnName, columnData, rowStart, rowEnd }: ColumnData): void => {
    const put = fill[columnName];
    if (put === undefined) return;
    for (let row = rowStart; row < rowEnd; row += 1) put(row, columnData[row - rowStart]);
    seen.set(columnName, (seen.get(columnName) ?? 0) + rowEnd - rowStart);
  };
  // One row group after the other: read all at once, the decoded pages of the whole file would be held together.
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    await parquetRead({
      file,
      metadata,
      columns: Object.keys(fill),
      rowStart,
      rowEnd,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
      parsers: { timestampFromMicroseconds: (micros) => Number(micros) / 1000 },
      onChunk,
    });
    rowStart = rowEnd;
  }
  for (const name of Object.keys(fill)) {
    if (seen.get(name) !== rows)
      throw new Error(`column ${name}: ${rows} values expected, ${seen.get(name) ?? 0} found`);
  }
  return { time, delay, distance, origin, destination, airports: [...airports.keys()] };
}

/** Counting sort by minute of departure (the resolution of the file), stable, O(n). */
function orderByTime(columns: Columns, from: number, to: number): Flights {
  const starts = new Uint32Array(Math.ceil((to - from) / MINUTE) + 1);
  for (const time of columns.time) {
    if (time >= from && time < to) starts[Math.floor((time - from) / MINUTE) + 1]! += 1;
  }
  for (let minute = 1; minute < starts.length; minute += 1) starts[minute]! += starts[minute - 1]!;
  const count = starts[starts.length - 1]!;
  const sorted = {
    count,
    time: new Float64Array(count),
    delay: new Int16Array(count),
    distance: new Uint16Array(count),
    origin: new Uint16Array(count),
    destination: new Uint16Array(count),
    airports: columns.airports,
  };
  for (let row = 0; row < columns.time.length; row += 1) {
    const time = columns.time[row]!;
    if (time < from || time >= to) continue;
    const minute = Math.floor((time - from) / MINUTE);
    const place = starts[minute]!;
    starts[minute] = place + 1;
    sorted.time[place] = time;
    sorted.delay[place] = columns.delay[row]!;
    sorted.distance[place] = columns.distance[row]!;
    sorted.origin[place] = columns.origin[row]!;
    sorted.destination[place] = columns.destination[row]!;
  }
  return sorted;
}

/** First row that departs at or after `time`; `flights.count` when there is none. */
export function firstRowAt(flights: Flights, time: number): number {
  let low = 0;
  let high = flights.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (flights.time[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
