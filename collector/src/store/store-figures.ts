import type { Budgets } from '../ingest/budgets.ts';
import type { Queryable } from './database.ts';

/** An agent sends every 10 s; one that has been silent for longer than this is away. */
const AGENT_LATELY_S = 120;

const NO_ALERTS = { pending: 0, firing: 0, recovering: 0, resolved: 0 };

/** What an operator asks of the store; cheap enough to be asked every few seconds. */
export async function readStoreFigures(db: Queryable, budgets: Budgets) {
  const agents = await countAgentsLately(db);
  const alerts = await countAlertsByState(db);
  return { agents, alerts, ...(await dueDeliveries(db)), used: await usedMost(db, budgets) };
}

/** What an agent said of itself is the newer sign of life: its own row is not written with every batch. */
async function countAgentsLately(db: Queryable): Promise<number> {
  const rows = await db.query<{ n: number }>(
    `select count(*) as n from agent left join agent_health using (project_id, source)
     where greatest(last_seen, said_at) > now() - interval '${AGENT_LATELY_S} seconds'`,
  );
  return rows[0]?.n ?? 0;
}

async function countAlertsByState(db: Queryable): Promise<typeof NO_ALERTS> {
  const rows = await db.query<{ state: keyof typeof NO_ALERTS; n: number }>(
    `select state, count(*) as n from alert where state <> 'inactive' group by state`,
  );
  return { ...NO_ALERTS, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
}

/** Names are few, and neither table is read but for its index. */
async function usedMost(
  db: Queryable,
  { maxSeries, maxVersions }: Budgets,
): Promise<{ series: number; versions: number }> {
  const [most] = await db.query<{ series: number; versions: number }>(
    `select
       (select coalesce(max(n), 0) from (select count(*) as n from series group by model_version_id) s) as series,
       (select coalesce(max(n), 0) from (select count(*) as n from model_version group by project_id, model) v) as versions`,
  );
  return { series: (most?.series ?? 0) / maxSeries, versions: (most?.versions ?? 0) / maxVersions };
}

/** Deliveries that are still to be made, and the age of the oldest in ms; 0 = there is none. */
async function dueDeliveries(db: Queryable): Promise<{ dueDeliveries: number; oldestDueMs: number }> {
  const rows = await db.query<{ n: number; age: number }>(
    `select count(*) as n, coalesce(extract(epoch from now() - min(created_at)) * 1000, 0)::float8 as age
     from delivery where state = 'due'`,
  );
  return { dueDeliveries: rows[0]?.n ?? 0, oldestDueMs: Math.max(0, rows[0]?.age ?? 0) };
}
