import type { Queryable } from '../database.ts';

/** References that no constraint holds: whose rows, column and table of what they name. */
const LOOSE = [
  { from: 'alert', column: 'series_id', to: 'series', key: 'id' },
  { from: 'alert_event', column: 'fingerprint', to: 'alert', key: 'fingerprint' },
  { from: 'delivery', column: 'fingerprint', to: 'alert', key: 'fingerprint' },
] as const;
/** Those of a table that may have millions of rows. */
const LOOSE_AND_LARGE = [
  { from: 'score', column: 'series_id', to: 'series', key: 'id' },
  { from: 'score', column: 'baseline_id', to: 'baseline', key: 'id' },
] as const;

/** Rows that name something that is not there, such as `3 of score name a series that is not there`; with `all`, also scores. */
export async function listOrphans(db: Queryable, all: boolean): Promise<string[]> {
  const orphans: string[] = [];
  for (const { from, column, to, key } of [...LOOSE, ...(all ? LOOSE_AND_LARGE : [])]) {
    const [row] = await db.query<{ n: number }>(
      `select count(*) as n from ${from} where ${column} is not null
         and not exists (select 1 from ${to} where ${to}.${key} = ${from}.${column})`,
    );
    if ((row?.n ?? 0) > 0) orphans.push(`${row?.n} of ${from} name a ${to} that is not there`);
  }
  return orphans;
}

/** Event time of what is stored, in ms: start of the first window and end of the last; null while there is none. */
export async function readSpan(db: Queryable): Promise<{ readonly from: number | null; readonly to: number | null }> {
  const [row] = await db.query<{ from: number | null; to: number | null }>(
    'select min(first_window) as "from", max(last_window) as "to" from model_version',
  );
  return row ?? { from: null, to: null };
}

/** Series of each model version, the most first. */
export function countSeries(db: Queryable): Promise<{ model: string; version: string; series: number }[]> {
  return db.query(
    `select model, version, count(*) as series from series join model_version v on v.id = model_version_id
     group by v.id order by 3 desc limit 10`,
  );
}

/** What waits to be told or sent. */
export type Backlog = {
  /** Deliveries that were due before `before`, and those that were refused for good after `after`. */
  readonly overdue: number;
  readonly refused: number;
  /** Of the agents heard of after `after`: what waits in them. */
  readonly agents: number;
  readonly queuedBatches: number;
  readonly queuedBytes: number;
};

/** Reads what waits; both times in ms. */
export async function readBacklog(db: Queryable, before: number, after: number): Promise<Backlog> {
  const [row] = await db.query<Backlog>(
    `select (select count(*) from delivery where state = 'due' and next_attempt_at < $1) as overdue,
       (select count(*) from delivery where state = 'refused' and done_at > $2) as refused,
       count(*) as agents, coalesce(sum(queue_batches), 0)::int8 as "queuedBatches",
       coalesce(sum(queue_bytes), 0)::int8 as "queuedBytes"
     from agent_health where said_at > $2`,
    [new Date(before), new Date(after)],
  );
  if (row === undefined) throw new Error('the store said nothing of its backlog');
  return row;
}
