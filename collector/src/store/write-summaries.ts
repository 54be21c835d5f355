import type { SummaryPart } from '../ingest/ingest-store.ts';
import { settleAll } from '../ingest/settle-all.ts';
import type { Queryable } from './database.ts';
import { checkAllWritten, LEVELS, type Level } from './levels.ts';
import { giveBack, type PackedRows, RowPacker } from './packed-rows.ts';
import { SUMMARY_COLUMNS, SUMMARY_ROW, writeRow } from './summary-columns.ts';

/** Rows of one statement: the next are packed while the store takes them. */
const ROWS_AT_ONCE = 1_024;
/** Rows packed between two looks at what else is to be done. */
const PACK_ROWS = 64;
const EXPECTED_ROW_BYTES = 1_792;
const NAMES = SUMMARY_COLUMNS.map(({ name }) => name);
const KEY = ['series_id', 'window_start', 'part'];
const CHANGES = NAMES.filter((name) => !KEY.includes(name)).map((name) => `${name} = excluded.${name}`);

/**
 * Writes whole parts; a part that is not the next `rev` of what the store holds fails. `onPacked` is called when all of them
 * are on their way: from then on only the store is at work.
 */
export async function writeSummaries(
  tx: Queryable,
  part: number,
  parts: readonly SummaryPart[],
  onPacked: () => void = () => undefined,
): Promise<void> {
  const byLevel = LEVELS.map((level) => ({ level, rows: parts.filter(({ widthMs }) => widthMs === level.widthMs) }));
  // In one order always, so that transactions that meet wait for each other and not in a circle.
  for (const { rows } of byLevel) rows.sort((a, b) => a.seriesId - b.seriesId || a.start - b.start);
  const slices = byLevel.flatMap(({ level, rows }) =>
    Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, i) => ({
      level,
      rows: rows.slice(i * ROWS_AT_ONCE, (i + 1) * ROWS_AT_ONCE),
    })),
  );
  const writing: Promise<void>[] = [];
  for (const { level, rows } of slices) {
    const packed = await pack(rows);
    writing.push(
      upsert(tx, level, part, packed).then((written) => {
        giveBack(packed);
        checkAllWritten(written, rows.length);
      }),
    );
    // Told when it is waited for; until then it is nobody's failure.
    writing.at(-1)?.catch(() => undefined);
  }
  onPacked();
  await settleAll(writing);
}

async function pack(parts: readonly SummaryPart[]): Promise<PackedRows> {
  const packer = new RowPacker(SUMMARY_ROW, NAMES.length, parts.length * EXPECTED_ROW_BYTES);
  for (let from = 0; from < parts.length; from += PACK_ROWS) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const one of parts.slice(from, from + PACK_ROWS)) writeRow(packer, one);
  }
  return packer.finish();
}

/** @returns how many rows were written. */
async function upsert(tx: Queryable, { summaries }: Level, part: number, rows: PackedRows): Promise<number> {
  const [answer] = await tx.query<{ written: number }>(
    `with written as (
      insert into ${summaries} (part, ${NAMES.join(', ')}) select $1::int, ${NAMES.join(', ')} from unnest($2::${SUMMARY_ROW}[])
      on conflict (${KEY.join(', ')}) do update set ${CHANGES.join(', ')}
      where excluded.rev = ${summaries}.rev + 1
      returning 1)
    select count(*)::int as written from written`,
    [part, rows],
  );
  return answer?.written ?? 0;
}
