import type { HistoryEvent } from '../alerting/history.ts';
import { type Queryable, toJson } from './database.ts';

/** A change of an alert to be written; `isAmended` where it came to be, or came to be otherwise, by late data. */
export type NewEvent = Omit<HistoryEvent, 'alertname' | 'labels'> & {
  readonly versionId: number;
  readonly isAmended: boolean;
};

/** Writes changes in this order. */
export async function insertEvents(tx: Queryable, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    f: event.fingerprint,
    v: event.versionId,
    e: event.episode,
    o: event.from,
    n: event.to,
    r: event.reason,
    t: event.at / 1000,
    x: event.value,
    m: event.message,
    a: event.isAmended,
  }));
  await tx.query(
    `insert into alert_event (fingerprint, model_version_id, episode, from_state, to_state, reason, tick, value, message, amended_at)
     select f, v, e, o, n, r, to_timestamp(t), x, nullif(m, 'null'), case when a then now() end
     from rows from (jsonb_to_recordset($1::text::jsonb)
       as (f text, v int, e int, o text, n text, r text, t float8, x float8, m jsonb, a boolean))
       with ordinality as t (f, v, e, o, n, r, t, x, m, a, place) order by place`,
    [toJson(rows)],
  );
}
