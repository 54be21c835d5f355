import { SketchError, type Summary } from '@tidemark/sketch';
import type { SummaryPart } from '../ingest/ingest-store.ts';
import { readStoreError } from '../ingest/store-error.ts';
import { type Queryable, toArrayLiteral } from './database.ts';
import { inTransaction } from './in-transaction.ts';
import { LEVELS, type Level } from './levels.ts';
import { markForRollUp } from './rollup-marks.ts';
import { type SummaryRow, selectOfLevel, toSummary } from './summaries.ts';
import { writeSummaries } from './write-summaries.ts';

/** What was rolled up belongs to no collector. */
const ROLLED_UP = 0;
/** So long after its end a window is taken to be complete; what comes later makes it anew. */
const GRACE_MS = 120_000;
/** Tries of a window that gives way to whoever writes. */
const MAX_TRIES = 3;
/** Series in memory at a time: 100 of them with 60 windows at about a kilobyte are some megabytes. */
const SERIES_AT_ONCE = 100;

/** A coarse window of a model version that has to be made anew; `widthMs` is that of one of the coarser `LEVELS`. */
type Bucket = { readonly versionId: number; readonly widthMs: number; readonly start: number };

/** Rows that could not be read or merged, and so are not in what was made of the others. */
export type Damage = { readonly seriesId: number; readonly start: number; readonly reason: string };

/**
 * Makes one coarse window anew that is marked and has ended by `now` (event time, ms), hours before the days they lie in, in
 * one transaction. Only the session of the leader may do so.
 * @param quietMs wall time for which nothing may have been written into it: what an agent sends late comes in many batches,
 * and to make the whole window anew between any two of them would cost more than taking them. Until then finer windows answer.
 * @returns whether there was one.
 */
export async function rollUpOne(
  session: Queryable,
  now: number,
  onDamage: (damage: Damage) => void,
  quietMs = 0,
): Promise<boolean> {
  // Where data is the clock, there is no time before there is data.
  if (now === -Infinity) return false;
  const bucket = await nextBucket(session, now - GRACE_MS, quietMs);
  if (bucket === null) return false;
  await tryAgain(() => inTransaction(session, (tx) => makeAnew(tx, bucket, onDamage)));
  return true;
}

/** Two that open a chunk of TimescaleDB at once can lock each other out, and one of them is turned away. */
async function tryAgain(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || readStoreError(error).kind !== 'conflict') throw error;
    }
  }
}

/** The oldest hour that has ended before `endedBefore` and is quiet, or the oldest such day without a marked hour in it. */
async function nextBucket(session: Queryable, endedBefore: number, quietMs: number): Promise<Bucket | null> {
  const rows = await session.query<{ versionId: number; widthMs: number; start: number }>(
    `select model_version_id as "versionId", width_s * 1000 as "widthMs", bucket as start from rollup_dirty d
     where bucket + make_interval(secs => width_s) <= $1 and (width_s = 3600 or not exists (
       select 1 from rollup_dirty h where h.model_version_id = d.model_version_id and h.width_s = 3600
         and h.bucket >= d.bucket and h.bucket < d.bucket + interval '1 day'))
       and ($2 = 0 or not exists (
         select 1 from rollup_dirty w where w.model_version_id = d.model_version_id and w.bucket = d.bucket
           and w.width_s = d.width_s and w.since > now() - make_interval(secs => $2::float8 / 1000)))
     order by width_s, bucket, model_version_id limit 1`,
    [new Date(endedBefore), quietMs],
  );
  return rows[0] ?? null;
}

async function makeAnew(tx: Queryable, bucket: Bucket, onDamage: (damage: Damage) => void): Promise<void> {
  const at = LEVELS.findIndex(({ widthMs }) => widthMs === bucket.widthMs);
  const [finer, level] = [LEVELS[at - 1], LEVELS[at]];
  if (finer === undefined || level === undefined)
    throw new Error(`nothing is rolled up to windows of ${bucket.widthMs} ms`);
  // First the marks: who has written something and holds one is waited for, who comes later waits or leaves a new one.
  const parts = await lockMarks(tx, bucket);
  const ids = await seriesWithin(tx, finer, bucket);
  for (let i = 0; i < ids.length; i += SERIES_AT_ONCE) {
    const slice = ids.slice(i, i + SERIES_AT_ONCE);
    const rows = await selectOfLevel(tx, finer, slice, bucket.start, bucket.start + bucket.widthMs);
    await replaceSummaries(tx, level, bucket, slice, mergeBySeries(rows, onDamage));
  }
  await replaceTraffic(tx, finer, level, bucket);
  await deleteMarks(tx, bucket, parts);
  await markForRollUp(tx, ROLLED_UP, [bucket]);
}

async function lockMarks(tx: Queryable, { versionId, widthMs, start }: Bucket): Promise<number[]> {
  const rows = await tx.query<{ part: number }>(
    `select part from rollup_dirty where model_version_id = $1 and bucket = $2 and width_s = $3 order by part for update`,
    [versionId, new Date(start), widthMs / 1000],
  );
  return rows.map(({ part }) => part);
}

async function deleteMarks(
  tx: Queryable,
  { versionId, widthMs, start }: Bucket,
  parts: readonly number[],
): Promise<void> {
  await tx.query(
    `delete from rollup_dirty
     where model_version_id = $1 and bucket = $2 and width_s = $3 and part = any($4::text::int[])`,
    [versionId, new Date(start), widthMs / 1000, toArrayLiteral(parts)],
  );
}

async function seriesWithin(
  tx: Queryable,
  { summaries }: Level,
  { versionId, start, widthMs }: Bucket,
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select id from series s where model_version_id = $1 and exists (
       select 1 from ${summaries} w where w.series_id = s.id and w.window_start >= $2 and w.window_start < $3)
     order by id`,
    [versionId, new Date(start), new Date(start + widthMs)],
  );
  return rows.map(({ id }) => id);
}

/** Merges in the order of the rows. A row that is damaged, or is of vectors of another size, is left out and told. */
function mergeBySeries(rows: readonly SummaryRow[], onDamage: (damage: Damage) => void): Map<number, Summary> {
  const merged = new Map<number, Summary>();
  for (const row of rows) {
    try {
      const summary = toSummary(row);
      const earlier = merged.get(row.series_id);
      if (earlier === undefined) merged.set(row.series_id, summary);
      else earlier.merge(summary);
    } catch (error) {
      if (!(error instanceof SketchError)) throw error;
      onDamage({ seriesId: row.series_id, start: row.window_start, reason: error.message });
    }
  }
  return merged;
}

async function replaceSummaries(
  tx: Queryable,
  { summaries }: Level,
  { versionId, widthMs, start }: Bucket,
  seriesIds: readonly number[],
  merged: ReadonlyMap<number, Summary>,
): Promise<void> {
  await tx.query(
    `delete from ${summaries} where series_id = any($1::text::int[]) and window_start = $2 and part = ${ROLLED_UP}`,
    [toArrayLiteral(seriesIds), new Date(start)],
  );
  const parts = [...merged].map(
    ([seriesId, summary]): SummaryPart => ({ versionId, seriesId, widthMs, start, rev: 1, summary }),
  );
  await writeSummaries(tx, ROLLED_UP, parts);
}

async function replaceTraffic(
  tx: Queryable,
  finer: Level,
  level: Level,
  { versionId, start, widthMs }: Bucket,
): Promise<void> {
  await tx.query(
    `insert into ${level.traffic} (model_version_id, window_start, part, rev, n_rows, n_errors)
     select $1::int, $2::timestamptz, ${ROLLED_UP}, 1, sum(n_rows)::int8, sum(n_errors)::int8 from ${finer.traffic}
     where model_version_id = $1::int and window_start >= $2::timestamptz and window_start < $3::timestamptz having count(*) > 0
     on conflict (model_version_id, window_start, part) do update set
       n_rows = excluded.n_rows, n_errors = excluded.n_errors, rev = ${level.traffic}.rev + 1`,
    [versionId, new Date(start), new Date(start + widthMs)],
  );
}
