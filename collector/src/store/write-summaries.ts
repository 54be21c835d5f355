import type { SummaryPart } from '../ingest/ingest-store.ts';
import { ArrayColumns } from './array-columns.ts';
import { BinaryRows, giveBack } from './binary-rows.ts';
import type { Transaction } from './database.ts';
import { checkAllWritten, LEVELS, type Level } from './levels.ts';
import { SUMMARY_COLUMNS, writeRow } from './summary-columns.ts';

/**
 * From so many rows on they go by `COPY` into a temporary table and from there, below as arrays of text: 500 rows take 26 ms
 * instead of 44 on PostgreSQL 15 and 17 instead of 42 on PGlite, 16 rows take 4 instead of 2 (least of 25 on two busy cores).
 */
const COPY_ROWS = 64;
/** Rows that are packed and sent at once. */
const SLICE_ROWS = 256;
/** Rows packed between two looks at what else is to be done. */
const PACK_ROWS = 64;
const NAMES = SUMMARY_COLUMNS.map(({ name }) => name);
const TYPES = SUMMARY_COLUMNS.map(({ type }) => type);
const KEY = ['series_id', 'window_start', 'part'];
const CHANGES = NAMES.filter((name) => !KEY.includes(name)).map((name) => `${name} = excluded.${name}`);
const ARRAYS = TYPES.map((type, i) => `$${i + 2}::text::${type === 'jsonb' ? 'text' : type}[]`);

/**
 * Writes whole parts; a part that is not the next `rev` of what the store holds fails. `onPacked` is called when all of them
 * are on their way: from then on only the store is at work.
 */
export async function writeSummaries(
  tx: Transaction,
  part: number,
  parts: readonly SummaryPart[],
  onPacked: () => void = () => undefined,
): Promise<void> {
  const byLevel = LEVELS.map((level) => ({ level, rows: parts.filter(({ widthMs }) => widthMs === level.widthMs) }));
  const filled = byLevel.filter(({ rows }) => rows.length > 0);
  for (const [i, { level, rows }] of filled.entries()) {
    // In one order always, so that transactions that meet wait for each other and not in a circle.
    rows.sort((a, b) => a.seriesId - b.seriesId || a.start - b.start);
    const upsert = rows.length < COPY_ROWS ? upsertArrays : upsertCopied;
    const isLast = i === filled.length - 1;
    checkAllWritten(await upsert(tx, level, part, rows, isLast ? onPacked : () => undefined), rows.length);
  }
  if (filled.length === 0) onPacked();
}

async function upsertArrays(
  tx: Transaction,
  level: Level,
  part: number,
  parts: readonly SummaryPart[],
  onPacked: () => void,
): Promise<number> {
  const columns = new ArrayColumns(TYPES.length);
  for (const one of parts) writeRow(columns, one);
  const source = `unnest(${ARRAYS.join(', ')}) as t (${NAMES.join(', ')})`;
  const written = countWritten(tx, upsertFrom(source, level), [part, ...columns.finish()]);
  onPacked();
  return written;
}

/** In slices: while the database takes one, the next is packed. */
async function upsertCopied(
  tx: Transaction,
  level: Level,
  part: number,
  parts: readonly SummaryPart[],
  onPacked: () => void,
): Promise<number> {
  // Emptied by the commit. Each that a session has is made empty by each of its commits, so there is one a level. Rows below
  // the target are not compressed: they are gone soon.
  const temporary = `${level.summaries}_rows`;
  let taken: Promise<unknown> = tx.query(
    `create temporary table if not exists ${temporary} (${SUMMARY_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')})
     with (toast_tuple_target = 8160) on commit delete rows`,
  );
  for (let from = 0; from < parts.length; from += SLICE_ROWS) {
    // Told when it is waited for; until then it is nobody's failure.
    taken.catch(() => undefined);
    const rows = await pack(parts.slice(from, from + SLICE_ROWS));
    await taken;
    taken = tx.copyIn(temporary, rows).then(() => giveBack(rows));
  }
  // Asked at once, so that the store goes on by itself; if a slice fails this fails as well, and the slice says why.
  const written = countWritten(tx, upsertFrom(temporary, level), [part]);
  written.catch(() => undefined);
  onPacked();
  await taken;
  return written;
}

async function pack(parts: readonly SummaryPart[]): Promise<Uint8Array> {
  const packed = new BinaryRows(TYPES.length, parts.length * 1_536);
  for (let from = 0; from < parts.length; from += PACK_ROWS) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const one of parts.slice(from, from + PACK_ROWS)) writeRow(packed, one);
  }
  return packed.finish();
}

function upsertFrom(source: string, { summaries }: Level): string {
  const values = SUMMARY_COLUMNS.map(({ name, type }) => (type === 'jsonb' ? `${name}::jsonb` : name));
  return `with written as (
      insert into ${summaries} (part, ${NAMES.join(', ')}) select $1::int, ${values.join(', ')} from ${source}
      on conflict (${KEY.join(', ')}) do update set ${CHANGES.join(', ')}
      where excluded.rev = ${summaries}.rev + 1
      returning 1)
    select count(*)::int as written from written`;
}

async function countWritten(tx: Transaction, sql: string, values: readonly (number | string)[]): Promise<number> {
  const rows = await tx.query<{ written: number }>(sql, values);
  return rows[0]?.written ?? 0;
}
