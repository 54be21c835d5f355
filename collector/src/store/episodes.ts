import type { Incident } from '../baseline/from-windows.ts';
import type { Span } from '../baseline/spans.ts';
import type { Queryable } from './database.ts';

type EpisodeRow = {
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly began: number;
  readonly ended: number | null;
};

/** Alerts of Tidemark about itself: data that cannot be judged is no incident of the model. */
const ABOUT_RULES = ['TidemarkNoData', 'TidemarkEvalError'];

/**
 * The times in which alerts of a model version fired and that touch the span, oldest first: from the beginning of the
 * first data that met the condition to the tick at which it was over; of those that still fire to the end of the span.
 */
export async function listEpisodes(db: Queryable, versionId: number, span: Span): Promise<Incident[]> {
  const rows = await db.query<EpisodeRow>(
    `select a.alertname, a.labels, coalesce(s.span_from, t.first_tick) as began, t.last_tick as ended
     from (
       select e.fingerprint, case when e.from_state <> 'pending' then e.tick else coalesce(
           (select max(p.tick) from alert_event p
            where p.fingerprint = e.fingerprint and p.to_state = 'pending' and p.tick <= e.tick), e.tick) end as first_tick,
         (select min(r.tick) from alert_event r
          where r.fingerprint = e.fingerprint and r.to_state = 'resolved' and r.episode = e.episode) as last_tick
       from alert_event e
       where e.model_version_id = $1 and e.to_state = 'firing' and e.from_state <> 'recovering'
     ) t
     join alert a on a.fingerprint = t.fingerprint
     left join score s on s.fingerprint = t.fingerprint and s.tick = t.first_tick
     where coalesce(s.span_from, t.first_tick) < $3 and coalesce(t.last_tick, $3) > $2 and not a.alertname = any($4::text::text[])
     order by began, a.alertname`,
    [versionId, new Date(span.from), new Date(span.to), `{${ABOUT_RULES.join(',')}}`],
  );
  return rows.map(({ alertname, labels, began, ended }) => {
    const about = [labels.stage, labels.field].filter((label) => label !== undefined).join('/');
    return { from: began, to: ended ?? span.to, what: about === '' ? alertname : `${alertname} (${about})` };
  });
}
