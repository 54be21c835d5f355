import { type Queryable, toArrayLiteral } from './database.ts';
import { LEVELS } from './levels.ts';

/** A window that was written, of the series or the traffic of a model version; times in ms. */
export type WrittenWindow = { readonly versionId: number; readonly widthMs: number; readonly start: number };

/** A coarse window that holds less than the finer ones in it. */
type Bucket = { readonly versionId: number; readonly widthMs: number; readonly start: number };

/** Says, in the transaction that writes them, that the coarser windows around these have to be made anew. */
export async function markForRollUp(tx: Queryable, part: number, windows: readonly WrittenWindow[]): Promise<void> {
  const buckets = bucketsAround(windows);
  if (buckets.length === 0) return;
  await tx.query(
    `insert into rollup_dirty (model_version_id, bucket, width_s, part)
     select v, to_timestamp(b), w, $1::int
     from unnest($2::text::int[], $3::text::float8[], $4::text::int[]) as t (v, b, w) order by v, b, w
     -- Also where it is marked: whoever makes the bucket anew holds the mark, and what is written now must wait for that.
     on conflict (model_version_id, bucket, width_s, part) do update set since = now()`,
    [
      part,
      toArrayLiteral(buckets.map(({ versionId }) => versionId)),
      toArrayLiteral(buckets.map(({ start }) => start / 1000)),
      toArrayLiteral(buckets.map(({ widthMs }) => widthMs / 1000)),
    ],
  );
}

/** Of each window the one a level coarser that it lies in; each once. */
function bucketsAround(windows: readonly WrittenWindow[]): Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const { versionId, widthMs, start } of windows) {
    const coarser = LEVELS[LEVELS.findIndex((level) => level.widthMs === widthMs) + 1];
    if (coarser === undefined) continue;
    const bucket = Math.floor(start / coarser.widthMs) * coarser.widthMs;
    buckets.set(`${versionId}/${coarser.widthMs}/${bucket}`, { versionId, widthMs: coarser.widthMs, start: bucket });
  }
  return [...buckets.values()];
}

/**
 * The day (its start, ms) of the oldest window for which finer ones have not been rolled up; Infinity where there is none.
 * Hours and days are made of whole ones only, so of that day nothing may be gone.
 */
export async function oldestPendingDay(db: Queryable): Promise<number> {
  const [row] = await db.query<{ oldest: number | null }>(
    `select date_bin('1 day', min(bucket), 'epoch') as oldest from rollup_dirty`,
  );
  return row?.oldest ?? Infinity;
}
