import type { AlertChange, JudgeStore, StoredAlert, TickRecord } from '../alerting/judge-store.ts';
import type { Clock } from '../clock.ts';
import { dedupKey } from '../notify/dedup-key.ts';
import { insertEvents, type NewEvent } from './alert-events.ts';
import { ALERT_COLUMNS, type AlertRow, toAlert } from './alert-row.ts';
import { type Database, type Queryable, toArrayLiteral, toJson } from './database.ts';
import { enqueueDeliveries, receiversOfEpisode } from './deliveries.ts';
import { keepState } from './judged-state.ts';

const OF_PROJECT = 'model_version_id in (select id from model_version where project_id = $1)';

/** Keeps the life of a project's alerts. Deliveries are written in the transaction that changes an alert. */
export class AlertTable implements JudgeStore {
  readonly #database: Database;
  readonly #projectId: number;
  readonly #wallClock: Clock;

  constructor(database: Database, projectId: number, wallClock: Clock) {
    this.#database = database;
    this.#projectId = projectId;
    this.#wallClock = wallClock;
  }

  async lastTick(group: string): Promise<number | null> {
    const rows = await this.#database.query<{ last_tick: number }>(
      'select last_tick from rule_group where project_id = $1 and name = $2',
      [this.#projectId, group],
    );
    return rows[0]?.last_tick ?? null;
  }

  async alerts(group: string): Promise<StoredAlert[]> {
    const rows = await this.#database.query<AlertRow>(
      `select ${ALERT_COLUMNS} from alert where group_name = $2 and ${OF_PROJECT}`,
      [this.#projectId, group],
    );
    return rows.map(toAlert);
  }

  async orphans(groups: readonly string[]): Promise<StoredAlert[]> {
    const rows = await this.#database.query<AlertRow>(
      `select ${ALERT_COLUMNS} from alert where state <> 'inactive' and not group_name = any($2::text::text[]) and ${OF_PROJECT}`,
      [this.#projectId, toArrayLiteral(groups)],
    );
    return rows.map(toAlert);
  }

  async adopt(rules: readonly { readonly alert: string; readonly group: string }[]): Promise<void> {
    const rows = rules.map(({ alert, group }) => ({ a: alert, g: group }));
    await this.#database.query(
      `update alert set group_name = r.g from jsonb_to_recordset($2::text::jsonb) as r (a text, g text)
       where coalesce(labels ->> 'rulename', alertname) = r.a and group_name <> r.g and ${OF_PROJECT}`,
      [this.#projectId, toJson(rows)],
    );
  }

  toldOf(fingerprint: string, episode: number): Promise<string[]> {
    return receiversOfEpisode(this.#database, fingerprint, episode);
  }

  record(record: TickRecord): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      // Whoever comes second for this tick waits here for the first, and then finds nothing to do.
      const advanced = await tx.query(
        `insert into rule_group (project_id, name, last_tick) values ($1, $2, $3)
         on conflict (project_id, name) do update set last_tick = excluded.last_tick where rule_group.last_tick < excluded.last_tick
         returning name`,
        [this.#projectId, record.group, new Date(record.tick)],
      );
      if (advanced.length === 0) return false;
      await keepState(tx, this.#projectId, record);
      await insertScores(tx, record);
      await upsertAlerts(tx, record);
      await insertEvents(tx, record.changes.flatMap(eventOf));
      await enqueueDeliveries(tx, record.changes.flatMap(deliveriesOf), this.#wallClock.now());
      return true;
    });
  }
}

/** What is to be delivered of a change. */
export function deliveriesOf({ alert, tell }: Pick<AlertChange, 'alert' | 'tell'>) {
  const { message, versionId } = alert;
  if (message === null) return [];
  return tell.map((receiver) => ({
    versionId,
    receiver,
    dedupKey: dedupKey(receiver, message.fingerprint, message.episode),
    message,
  }));
}

/** The scores of a tick as one JSON text, for `INSERT_SCORES`. */
export function scoresText({ scores }: Pick<TickRecord, 'scores'>): string {
  const rows = scores.map((finding) => ({
    f: finding.fingerprint,
    v: finding.version.id,
    s: finding.seriesId,
    a: finding.labels.alertname,
    m: finding.measure,
    x: finding.value,
    h: finding.health,
    n: finding.samples,
    b: finding.baselineId,
    w: finding.spanFrom / 1000,
    e: finding.chance?.effect ?? null,
    u: finding.chance?.nullMultiple ?? null,
    p: finding.chance?.tail ?? null,
    r: finding.chance?.nRef ?? null,
  }));
  return toJson(rows);
}

/** Puts scores (`$2`, see `scoresText`) of a tick (`$1`) in; what is to be done where there is one already comes behind it. */
export const INSERT_SCORES = `insert into score
    (fingerprint, tick, model_version_id, series_id, alertname, measure, value, health, samples, baseline_id, span_from,
     effect, null_multiple, tail, n_ref)
  select f, $1, v, s, a, m, x, h, n, b, to_timestamp(w), e, u, p, r
  from jsonb_to_recordset($2::text::jsonb) as t (f text, v int, s int, a text, m text, x float8, h text, n int8, b int, w float8,
    e float8, u float8, p float8, r int8)
  on conflict (fingerprint, tick)`;

async function insertScores(tx: Queryable, record: TickRecord): Promise<void> {
  if (record.scores.length === 0) return;
  await tx.query(`${INSERT_SCORES} do nothing`, [new Date(record.tick), scoresText(record)]);
}

/** Writes alerts as they are after a tick (ms). */
export async function upsertAlerts(
  tx: Queryable,
  { tick, changes }: { readonly tick: number; readonly changes: readonly Pick<AlertChange, 'alert'>[] },
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ alert }) => ({
    f: alert.fingerprint,
    v: alert.versionId,
    s: alert.seriesId,
    g: alert.group,
    a: alert.alertname,
    l: alert.labels,
    k: alert.state.kind,
    m: alert.state,
    x: alert.lastValue,
    t: alert.message,
  }));
  await tx.query(
    `insert into alert (fingerprint, model_version_id, series_id, group_name, alertname, labels, state, machine, last_value, message, tick)
     select f, v, s, g, a, l, k, m, x, nullif(t, 'null'), $1
     from jsonb_to_recordset($2::text::jsonb)
       as r (f text, v int, s int, g text, a text, l jsonb, k text, m jsonb, x float8, t jsonb)
     on conflict (fingerprint) do update set
       model_version_id = excluded.model_version_id, series_id = excluded.series_id, group_name = excluded.group_name,
       labels = excluded.labels, state = excluded.state, machine = excluded.machine, last_value = excluded.last_value,
       message = excluded.message, tick = excluded.tick`,
    [new Date(tick), toJson(rows)],
  );
}

function eventOf({ alert, transition }: AlertChange): NewEvent[] {
  if (transition === null) return [];
  const { fingerprint, versionId, lastValue: value, message } = alert;
  return [
    {
      ...transition,
      fingerprint,
      versionId,
      value,
      message: transition.notify === null ? null : message,
      isAmended: false,
    },
  ];
}
