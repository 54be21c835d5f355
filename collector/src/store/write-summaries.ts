import type { SummaryPart } from '../ingest/ingest-store.ts';
import { settleAll } from '../ingest/settle-all.ts';
import type { Queryable } from './database.ts';
import { checkAllWritten, LEVELS, type Level } from './levels.ts';
import { giveBack, type PackedRows, RowPacker } from './packed-rows.ts';
import { SUMMARY_COLUMNS, SUMMARY_ROW, writeRow } from './summary-columns.ts';

/** Rows of one statement, and bytes from which on no more are added: the next are packed while the store takes them. */
const ROWS_AT_ONCE = 1_024;
const BYTES_AT_ONCE = 2 ** 21;
/** Statements on their way at once: what they hold, and the driver's copies of it, is memory that a slow store keeps. */
const MAX_ON_THEIR_WAY = 4;
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
  const writing: Promise<void>[] = [];
  for (const level of LEVELS) {
    const rows = parts.filter(({ widthMs }) => widthMs === level.widthMs);
    // In one order always, so that transactions that meet wait for each other and not in a circle.
    rows.sort((a, b) => a.seriesId - b.seriesId || a.start - b.start);
    for (let done = 0; done < rows.length; ) {
      await writing.at(-MAX_ON_THEIR_WAY);
      const { packed, count } = await pack(rows, done);
      const upserted = upsert(tx, level, part, packed).then((written) => {
        giveBack(packed);
        checkAllWritten(written, count);
      });
      // Told when it is waited for; until then it is nobody's failure.
      upserted.catch(() => undefined);
      writing.push(upserted);
      done += count;
    }
  }
  onPacked();
  await settleAll(writing);
}

/** Packs parts from `first` on, as many as go at once. @returns how many, too. */
async function pack(parts: readonly SummaryPart[], first: number): Promise<{ packed: PackedRows; count: number }> {
  const most = Math.min(ROWS_AT_ONCE, parts.length - first);
  const packer = new RowPacker(SUMMARY_ROW, NAMES.length, Math.min(most * EXPECTED_ROW_BYTES, BYTES_AT_ONCE));
  let count = 0;
  while (count < most && packer.size < BYTES_AT_ONCE) {
    if (count > 0 && count % PACK_ROWS === 0) await new Promise((resolve) => setImmediate(resolve));
    writeRow(packer, parts[first + count] as SummaryPart);
    count += 1;
  }
  return { packed: packer.finish(), count };
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
