import type { DeliveryQueue } from '../../../collector/src/notify/outbox.ts';
import type { Delivery } from '../../../collector/src/notify/translation.ts';

const LEASE_MS = 60_000;

type Row = { delivery: Delivery; dueAt: number; state: 'waiting' | 'sent' | 'refused'; notes: string[] };

/** The contract of the outbox's queue in memory, with the lease and the order per key that the store keeps. */
export class MemoryQueue implements DeliveryQueue {
  readonly rows: Row[] = [];
  /** Set to make the next notes fail, as when the database is away. */
  failing = 0;
  claims = 0;

  add(delivery: Omit<Delivery, 'id' | 'attempt'>): number {
    const id = this.rows.length + 1;
    this.rows.push({
      delivery: { ...delivery, id, attempt: 0 },
      dueAt: delivery.createdAt,
      state: 'waiting',
      notes: [],
    });
    return id;
  }

  async claim(now: number, limit: number): Promise<Delivery[]> {
    this.claims += 1;
    const blocked = new Set<string>();
    const due: Row[] = [];
    for (const row of this.rows.filter(({ state }) => state === 'waiting')) {
      const key = `${row.delivery.receiver} ${row.delivery.dedupKey}`;
      if (!blocked.has(key) && row.dueAt <= now) due.push(row);
      blocked.add(key);
    }
    return due
      .sort((one, other) => one.dueAt - other.dueAt)
      .slice(0, limit)
      .map((row) => {
        row.dueAt = now + LEASE_MS;
        row.delivery = { ...row.delivery, attempt: row.delivery.attempt + 1 };
        return row.delivery;
      });
  }

  async sent(id: number, _at: number, note: string): Promise<void> {
    this.#end(id, 'sent', note);
  }

  async refused(id: number, _at: number, error: string): Promise<void> {
    this.#end(id, 'refused', error);
  }

  async retry(id: number, _at: number, nextAttemptAt: number, error: string): Promise<void> {
    const row = this.#note(id, error);
    row.dueAt = nextAttemptAt;
  }

  row(id: number): Row {
    const row = this.rows[id - 1];
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  }

  #end(id: number, state: 'sent' | 'refused', note: string): void {
    this.#note(id, note).state = state;
  }

  #note(id: number, note: string): Row {
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('database away');
    }
    const row = this.row(id);
    row.notes.push(note);
    return row;
  }
}
