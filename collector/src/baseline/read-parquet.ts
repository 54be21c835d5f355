import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, type Compressors, type ParquetScan, parquetScan } from 'hyparquet';
import { CollectorError, messageOf } from '../errors.ts';
import type { ColumnChunk, ColumnFile, ReadTold } from './read-file.ts';

/** The codecs that hyparquet leaves to others. The stated length also bounds what a crafted page can unfold to. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: length }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
  ZSTD: (bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: length }),
};

/** Opens a Parquet file; flat columns only. 64-bit integers come as numbers, dates and times as milliseconds since the epoch. */
export async function openParquet(path: string, told: ReadTold): Promise<ColumnFile> {
  const scan = await readable(path, async () =>
    parquetScan({ file: await asyncBufferFromFile(path), compressors: COMPRESSORS, geoparquet: false }),
  );
  const columns = flatColumns(scan);
  if (columns.length === 0) throw new CollectorError('BASELINE_INVALID', `${path} has no flat columns`);
  return { path, columns, chunks: (wanted) => chunksOf(path, scan, wanted ?? columns, told) };
}

async function* chunksOf(
  path: string,
  scan: ParquetScan,
  wanted: readonly string[],
  told: ReadTold,
): AsyncGenerator<ColumnChunk> {
  const rows = scan.ranges.at(-1)?.rowEnd ?? 0;
  for (const { rowStart, rowEnd } of scan.ranges) {
    for (const column of wanted) {
      const read = await readable(path, () => scan.readColumn({ column, rowStart, rowEnd }));
      yield { column, firstRow: rowStart, values: Array.from(read as ArrayLike<unknown>, plainValue) };
    }
    told(rowEnd / rows);
  }
}

/** Columns that hold one value a row: nested and repeated ones have no distribution of their own. */
function flatColumns(scan: ParquetScan): string[] {
  const schema = scan.metadata.schema;
  const names: string[] = [];
  for (let at = 1; at < schema.length; ) {
    const element = schema[at]!;
    if ((element.num_children ?? 0) === 0 && element.repetition_type !== 'REPEATED') names.push(element.name);
    at = afterSubtree(schema, at);
  }
  return names;
}

function afterSubtree(schema: ParquetScan['metadata']['schema'], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = afterSubtree(schema, next);
  return next;
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  return value ?? null;
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new CollectorError('BASELINE_INVALID', `${path}: ${messageOf(cause)}`, { cause });
  }
}
