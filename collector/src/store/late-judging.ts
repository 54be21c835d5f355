import type { HistoryEvent } from '../alerting/history.ts';
import type { Amendment, Checkpoint, Late, LateStore } from '../alerting/late-store.ts';
import type { Clock } from '../clock.ts';
import { insertEvents } from './alert-events.ts';
import { deliveriesOf, INSERT_SCORES, scoresText, upsertAlerts } from './alerts.ts';
import { type Database, type Queryable, toArrayLiteral } from './database.ts';
import { enqueueDeliveries } from './deliveries.ts';
import { findState, listStates, replaceState } from './judged-state.ts';
import { deleteLate, type LateMarks, moveFrontier, selectLate } from './late-data.ts';

/** Late data is left to gather for so long (wall clock), so that what trickles in is judged again once and not with each batch. */
export const LATE_HELD_MS = 60_000;

type LateTableOptions = {
  readonly database: Database;
  readonly projectId: number;
  readonly wallClock: Clock;
  readonly heldMs?: number;
};

const IN_GROUP = `select fingerprint from alert
  where group_name = $2 and model_version_id in (select id from model_version where project_id = $1)`;

/** Knows what is late in a project, and puts what it changes in place of what was judged without it. */
export class LateTable implements LateStore {
  readonly #options: Required<LateTableOptions>;

  constructor(options: LateTableOptions) {
    this.#options = { heldMs: LATE_HELD_MS, ...options };
  }

  announce(tick: number): Promise<void> {
    return moveFrontier(this.#options.database, this.#options.projectId, tick);
  }

  late(): Promise<LateMarks | null> {
    return selectLate(this.#options.database, this.#options.projectId, this.#options.heldMs);
  }

  checkpoint(group: string, at: number): Promise<Checkpoint | null> {
    return findState(this.#options.database, this.#options.projectId, group, at);
  }

  checkpointsAfter(group: string, from: number): Promise<number[]> {
    return listStates(this.#options.database, this.#options.projectId, group, from);
  }

  settle(late: Late): Promise<void> {
    const marks = 'marks' in late ? (late as LateMarks) : { ...late, marks: [] };
    return deleteLate(this.#options.database, this.#options.projectId, marks);
  }

  amend(amendment: Amendment): Promise<boolean> {
    const { database, projectId, wallClock } = this.#options;
    const { group, until, records, alerts, checkpoints, tell } = amendment;
    return database.transaction(async (tx) => {
      const groups = await tx.query<{ last_tick: number }>(
        'select last_tick from rule_group where project_id = $1 and name = $2 for update',
        [projectId, group],
      );
      if (groups[0]?.last_tick !== until) return false;
      await replaceEvents(tx, projectId, amendment);
      for (const record of records) {
        await tx.query(
          `${INSERT_SCORES} do update set value = excluded.value, health = excluded.health, samples = excluded.samples,
             baseline_id = excluded.baseline_id, series_id = excluded.series_id, effect = excluded.effect,
             null_multiple = excluded.null_multiple, tail = excluded.tail, n_ref = excluded.n_ref, amended_at = now()
           where (score.value, score.health, score.samples, score.tail)
             is distinct from (excluded.value, excluded.health, excluded.samples, excluded.tail)`,
          [new Date(record.tick), scoresText(record)],
        );
      }
      await upsertAlerts(tx, { tick: until, changes: alerts.map((alert) => ({ alert })) });
      await deleteOthers(tx, projectId, amendment);
      for (const checkpoint of checkpoints) await replaceState(tx, projectId, group, checkpoint);
      const deliveries = tell.flatMap(({ alert, receivers }) => deliveriesOf({ alert, tell: receivers }));
      await enqueueDeliveries(tx, deliveries, wallClock.now());
      return true;
    });
  }
}

/** All events of the span are written anew, so that their ids stay in the order of time. */
async function replaceEvents(tx: Queryable, projectId: number, amendment: Amendment): Promise<void> {
  const { group, from, until, events } = amendment;
  const span = [projectId, group, new Date(from), new Date(until)] as const;
  const before = await tx.query<HistoryEvent & { amended: boolean }>(
    `delete from alert_event where fingerprint in (${IN_GROUP}) and tick > $3 and tick <= $4
     returning fingerprint, episode, from_state as "from", to_state as "to", reason, tick as at, value, amended_at is not null as amended`,
    span,
  );
  const unchanged = new Set(before.filter(({ amended }) => !amended).map(keyOf));
  await insertEvents(
    tx,
    events.map((event) => ({ ...event, isAmended: !unchanged.has(keyOf(event)) })),
  );
}

function keyOf({ fingerprint, episode, from, to, reason, at, value }: HistoryEvent): string {
  return JSON.stringify([fingerprint, episode, from, to, reason, at, value]);
}

/** Scores of series and alerts that these ticks no longer find. */
async function deleteOthers(tx: Queryable, projectId: number, { group, records, alerts }: Amendment): Promise<void> {
  for (const { tick, scores } of records) {
    await tx.query(
      `delete from score where tick = $3 and fingerprint in (${IN_GROUP}) and not fingerprint = any($4::text::text[])`,
      [projectId, group, new Date(tick), toArrayLiteral(scores.map(({ fingerprint }) => fingerprint))],
    );
  }
  await tx.query(
    `delete from alert where fingerprint in (${IN_GROUP}) and not fingerprint = any($3::text::text[])
       and not exists (select 1 from alert_event e where e.fingerprint = alert.fingerprint)`,
    [projectId, group, toArrayLiteral(alerts.map(({ fingerprint }) => fingerprint))],
  );
}
