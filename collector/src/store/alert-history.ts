import type { HistoryEvent } from '../alerting/history.ts';
import type { Queryable } from './database.ts';

/** Changes of the alerts of a project at ticks in (since, until] (ms), in the order of time; of one model, or of all (null). */
export function selectHistory(
  db: Queryable,
  projectId: number,
  since: number,
  until: number,
  model: string | null,
): Promise<HistoryEvent[]> {
  return db.query<HistoryEvent>(
    `select e.fingerprint, a.alertname, a.labels, e.episode, e.from_state as "from", e.to_state as "to", e.reason,
       e.tick as at, e.value, e.message
     from alert_event e
     join alert a on a.fingerprint = e.fingerprint
     join model_version v on v.id = e.model_version_id
     where v.project_id = $1 and e.tick > $2 and e.tick <= $3 and ($4::text is null or v.model = $4)
     order by e.tick, e.id`,
    [projectId, new Date(since), new Date(until), model],
  );
}
