import type { JudgeStore, StoredAlert, TickRecord } from './judge-store.ts';

/** Keeps what judging comes to in memory, and tells `onRecord` of every tick: for replays, where nothing may be stored or sent. */
export class MemoryJudgeStore implements JudgeStore {
  readonly #startAt: number | null;
  readonly #onRecord: (record: TickRecord) => void;
  readonly #lastTicks = new Map<string, number>();
  readonly #alerts = new Map<string, Map<string, StoredAlert>>();
  readonly #told = new Map<string, string[]>();

  /** Judging begins with the first tick after `startAt` (ms), or with the newest that is due where that is null; `before` are the alerts of one group then. */
  constructor(
    startAt: number | null,
    onRecord: (record: TickRecord) => void,
    before?: { readonly group: string; readonly alerts: readonly StoredAlert[] },
  ) {
    this.#startAt = startAt;
    this.#onRecord = onRecord;
    if (before === undefined) return;
    this.#alerts.set(before.group, new Map(before.alerts.map((alert) => [alert.fingerprint, alert])));
  }

  /** The alerts of a group as they are after the last tick. */
  alertsNow(group: string): StoredAlert[] {
    return [...(this.#alerts.get(group)?.values() ?? [])];
  }

  async lastTick(group: string): Promise<number | null> {
    return this.#lastTicks.get(group) ?? this.#startAt;
  }

  async alerts(group: string): Promise<StoredAlert[]> {
    return this.alertsNow(group);
  }

  async orphans(): Promise<StoredAlert[]> {
    return [];
  }

  async toldOf(fingerprint: string, episode: number): Promise<string[]> {
    return this.#told.get(`${fingerprint} ${episode}`) ?? [];
  }

  async record(record: TickRecord): Promise<boolean> {
    const last = this.#lastTicks.get(record.group) ?? -Infinity;
    if (record.tick <= last) return false;
    this.#lastTicks.set(record.group, record.tick);
    const alerts = this.#alerts.get(record.group) ?? new Map<string, StoredAlert>();
    this.#alerts.set(record.group, alerts);
    for (const { alert, transition, tell } of record.changes) {
      alerts.set(alert.fingerprint, alert);
      if (transition?.notify === 'firing') this.#told.set(`${alert.fingerprint} ${transition.episode}`, [...tell]);
    }
    this.#onRecord(record);
    return true;
  }
}
