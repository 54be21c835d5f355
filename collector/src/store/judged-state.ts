import type { Checkpoint } from '../alerting/late-store.ts';
import { ALERT_COLUMNS, type AlertRow, toAlert } from './alert-row.ts';
import { type Queryable, toJson } from './database.ts';

/** Between two kept states of a group at least so much event time passes; ticks between are judged again along with late ones. */
const APART_S = 600;
/** How far back states are kept (event time): later data than this is stored, but what was judged stays. */
const KEPT_S = 2 * 86_400;
/** So many are kept in any case, for groups with long intervals. */
const KEPT_AT_LEAST = 8;

/**
 * Keeps the alerts of a group as they are before a tick is stored, where the last kept state is old enough; in the transaction
 * that stores the tick.
 */
export async function keepState(
  tx: Queryable,
  projectId: number,
  { group, tick }: { readonly group: string; readonly tick: number },
): Promise<void> {
  const kept = await tx.query(
    `insert into judged_state (project_id, group_name, tick, alerts)
     select $1, $2, $3::timestamptz - interval '1 millisecond',
       (select coalesce(jsonb_agg(to_jsonb(a) order by fingerprint), '[]') from (
         select ${ALERT_COLUMNS} from alert
         where group_name = $2 and model_version_id in (select id from model_version where project_id = $1)) a)
     where not exists (
       select 1 from judged_state where project_id = $1 and group_name = $2 and tick > $3::timestamptz - make_interval(secs => ${APART_S}))
     on conflict do nothing returning 1 as kept`,
    [projectId, group, new Date(tick)],
  );
  if (kept.length === 0) return;
  await tx.query(
    `delete from judged_state where project_id = $1 and group_name = $2 and tick < $3::timestamptz - make_interval(secs => ${KEPT_S})
       and tick < (select min(tick) from (
         select tick from judged_state where project_id = $1 and group_name = $2 order by tick desc limit ${KEPT_AT_LEAST}) newest)`,
    [projectId, group, new Date(tick)],
  );
}

/** The newest state at or before a moment (ms), else the oldest after it; null for none. */
export async function findState(
  db: Queryable,
  projectId: number,
  group: string,
  at: number,
): Promise<Checkpoint | null> {
  const rows = await db.query<{ tick: number; alerts: AlertRow[] }>(
    `select tick, alerts from judged_state where project_id = $1 and group_name = $2
     order by (tick <= $3) desc, case when tick <= $3 then -extract(epoch from tick) else extract(epoch from tick) end limit 1`,
    [projectId, group, new Date(at)],
  );
  return rows[0] === undefined ? null : { tick: rows[0].tick, alerts: rows[0].alerts.map(toAlert) };
}

/** Moments (ms) of the states kept after `from`. */
export async function listStates(db: Queryable, projectId: number, group: string, from: number): Promise<number[]> {
  const rows = await db.query<{ tick: number }>(
    'select tick from judged_state where project_id = $1 and group_name = $2 and tick > $3 order by tick',
    [projectId, group, new Date(from)],
  );
  return rows.map(({ tick }) => tick);
}

/** Replaces a kept state. */
export async function replaceState(
  tx: Queryable,
  projectId: number,
  group: string,
  { tick, alerts }: Checkpoint,
): Promise<void> {
  const rows = alerts.map(
    (one): AlertRow => ({
      fingerprint: one.fingerprint,
      model_version_id: one.versionId,
      series_id: one.seriesId,
      group_name: one.group,
      alertname: one.alertname,
      labels: one.labels,
      machine: one.state,
      last_value: one.lastValue,
      message: one.message,
    }),
  );
  await tx.query(
    'update judged_state set alerts = $4::text::jsonb where project_id = $1 and group_name = $2 and tick = $3',
    [projectId, group, new Date(tick), toJson(rows)],
  );
}
