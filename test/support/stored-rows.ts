import type { Database } from '../../collector/src/store/database.ts';
import type { CleanUp } from '../../collector/src/store/delete-rows.ts';
import { LEVELS } from '../../collector/src/store/levels.ts';

/** A model version with `fields` series; answers its id. Made without ingest, so that a test says what stands in the store. */
export async function insertVersion(database: Database, model: string, fields: number, projectId = 1): Promise<number> {
  const rows = await database.query<{ id: number }>(
    `insert into model_version (project_id, model, version) values ($2, $1, '1') returning id`,
    [model, projectId],
  );
  const id = rows[0]?.id ?? 0;
  await database.query(
    `insert into series (model_version_id, stage, field, kind) select $1, 'feature', 'f' || i, 'number' from generate_series(1, $2::int) as i`,
    [id, fields],
  );
  return id;
}

/** Windows of this width (ms) at these starts (ms): one row of every series of the version, and its traffic. */
export async function insertWindows(
  database: Database,
  versionId: number,
  widthMs: number,
  starts: readonly number[],
  part = 1,
): Promise<void> {
  const level = LEVELS.find((one) => one.widthMs === widthMs);
  if (level === undefined) throw new Error(`no table has windows of ${widthMs} ms`);
  const times = `unnest($2::text::float8[]) as t (s)`;
  const values = [versionId, `{${starts.map((start) => start / 1000).join(',')}}`, part];
  await database.query(
    `insert into ${level.summaries} (series_id, model_version_id, window_start, part, rev,
       n_valid, n_missing, n_nan, n_pos_inf, n_neg_inf, n_type, n_range, n_unseen)
     select id, $1, to_timestamp(s), $3, 1, 1, 0, 0, 0, 0, 0, 0, 0 from series, ${times} where model_version_id = $1`,
    values,
  );
  await database.query(
    `insert into ${level.traffic} (model_version_id, window_start, part, rev, n_rows, n_errors)
     select $1, to_timestamp(s), $3, 1, 1, 0 from ${times}`,
    values,
  );
}

/** An event, an outcome, a score and a change of an alert of the version, all at `at` (ms). */
export async function insertHistory(database: Database, versionId: number, at: number): Promise<void> {
  const values = [versionId, new Date(at)];
  await database.query(
    `insert into event (model_version_id, at, source, sequence, ordinal, stratum, weight, slice, latency_ms, failed, values, violations)
     values ($1, $2, gen_random_uuid(), 1, 0, 'sample', 1, '', 1, false, '{}', '[]')`,
    values,
  );
  await database.query(
    `insert into outcome (model_version_id, prediction_id, field, number, at) values ($1, gen_random_uuid(), 'delay', 1, $2)`,
    values,
  );
  await database.query(
    `insert into score (fingerprint, tick, model_version_id, alertname, measure, health, samples, span_from)
     values (gen_random_uuid(), $2, $1, 'a', 'psi', 'ok', 1, $2)`,
    values,
  );
  await database.query(
    `insert into alert_event (fingerprint, model_version_id, episode, from_state, to_state, reason, tick)
     values (gen_random_uuid(), $1, 1, 'firing', 'inactive', 'resolved', $2)`,
    values,
  );
}

/** The times (ms) of a column of the rows of a version, each once, oldest first. */
export async function timesOf(database: Database, table: string, time: string, versionId: number): Promise<number[]> {
  const rows = await database.query<{ at: number }>(
    `select distinct ${time} as at from ${table} where model_version_id = $1 order by 1`,
    [versionId],
  );
  return rows.map(({ at }) => at);
}

/** Runs a plan to its end, as the leader does. @returns what was deleted together. */
export function runCleanUps(database: Database, plan: readonly CleanUp[]): Promise<{ rows: number; chunks: number }> {
  return database.session(async (session) => {
    const deleted = { rows: 0, chunks: 0 };
    for (const cleanUp of plan) {
      for (let more = true; more; ) {
        const step = await cleanUp(session);
        deleted.rows += step.rows;
        deleted.chunks += step.chunks;
        more = step.more;
      }
    }
    return deleted;
  });
}
