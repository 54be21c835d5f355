import type { AlertMessage } from '../alerting/alert.ts';
import { type Database, type Queryable, toJson } from './database.ts';

/** Longest time one attempt may take before another sender may claim the row. */
const LEASE_S = 60;

/** A row of the outbox that a sender has claimed. */
export type DeliveryRow = {
  readonly id: number;
  readonly receiver: string;
  readonly dedupKey: string;
  readonly message: AlertMessage;
  readonly attempt: number;
  readonly createdAt: number;
};

/** A delivery to be made; written in the transaction that changes the alert. */
export type NewDelivery = {
  readonly versionId: number;
  readonly receiver: string;
  readonly dedupKey: string;
  readonly message: AlertMessage;
};

/** Puts deliveries into the outbox; one that is there already stays as it is. */
export async function enqueueDeliveries(tx: Queryable, deliveries: readonly NewDelivery[], now: number): Promise<void> {
  for (const { versionId, receiver, dedupKey, message } of deliveries) {
    await tx.query(
      `insert into delivery (model_version_id, receiver, dedup_key, fingerprint, episode, kind, message, created_at, next_attempt_at)
       values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $8)
       on conflict (receiver, fingerprint, episode, kind) do nothing`,
      [
        versionId,
        receiver,
        dedupKey,
        message.fingerprint,
        message.episode,
        message.kind,
        toJson(message),
        new Date(now),
      ],
    );
  }
}

/** Receivers that were told, or are to be told, that this episode fired. */
export async function receiversOfEpisode(tx: Queryable, fingerprint: string, episode: number): Promise<string[]> {
  const rows = await tx.query<{ receiver: string }>(
    `select receiver from delivery where fingerprint = $1 and episode = $2 and kind = 'firing' order by receiver`,
    [fingerprint, episode],
  );
  return rows.map(({ receiver }) => receiver);
}

/** The outbox as its senders see it. Times are wall-clock ms. */
export class DeliveryTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Claims what is due, longest due first; of each alert at a receiver only its first open row, so that a
   * resolve never overtakes its trigger.
   */
  claim(now: number, limit: number): Promise<DeliveryRow[]> {
    return this.#database.query<DeliveryRow>(
      `update delivery set claimed_until = $1::timestamptz + interval '${LEASE_S} seconds', attempt = attempt + 1
       where id in (
         select id from delivery as due
         where state = 'due' and next_attempt_at <= $1 and (claimed_until is null or claimed_until <= $1)
           and not exists (
             select 1 from delivery as earlier
             where earlier.receiver = due.receiver and earlier.dedup_key = due.dedup_key
               and earlier.state = 'due' and earlier.id < due.id)
         order by next_attempt_at, id limit $2
         for update skip locked)
       returning id, receiver, dedup_key as "dedupKey", message, attempt, created_at as "createdAt"`,
      [new Date(now), limit],
    );
  }

  async sent(id: number, at: number, note: string): Promise<void> {
    await this.#close(id, 'sent', at, note);
  }

  async refused(id: number, at: number, error: string): Promise<void> {
    await this.#close(id, 'refused', at, error);
  }

  async retry(id: number, _at: number, nextAttemptAt: number, error: string): Promise<void> {
    await this.#database.query(
      'update delivery set claimed_until = null, next_attempt_at = $2, note = $3 where id = $1',
      [id, new Date(nextAttemptAt), error],
    );
  }

  async #close(id: number, state: 'sent' | 'refused', at: number, note: string): Promise<void> {
    await this.#database.query(
      'update delivery set state = $2, done_at = $3, claimed_until = null, note = $4 where id = $1',
      [id, state, new Date(at), note],
    );
  }
}
