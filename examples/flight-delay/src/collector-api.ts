import { setTimeout as sleep } from 'node:timers/promises';

/** One version as the API answers it. */
export type VersionAnswer = {
  readonly id: number;
  readonly version: string;
  readonly rows: number;
  readonly errors: number;
};

/** What an alert said when it fired or resolved. */
export type AlertMessage = {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly episode: number;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly measure: string;
  readonly value: number;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  readonly resolveReason: string | null;
  readonly spanFrom: number;
  readonly spanTo: number;
};

type EventAnswer = {
  readonly episode: number;
  readonly message: (AlertMessage & { readonly kind: 'firing' | 'resolved' }) | null;
  readonly deliveries: readonly { readonly state: string }[];
};

/** One life of an alert: what it said first, and its end if it has come. */
export type Episode = { readonly fired: AlertMessage; readonly resolved: AlertMessage | null };

/** Reads the collector over its API. */
export class CollectorApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  versions(model: string): Promise<VersionAnswer[]> {
    return this.#get(`/api/v1/models/${model}/versions`);
  }

  /** Valid and other values of one series, over all its windows. */
  async countValues(versionId: number, stage: string, field: string): Promise<number> {
    const windows = await this.#get<Record<string, number>[]>(
      `/api/v1/series/${await this.#seriesId(versionId, stage, field)}/windows?limit=10000`,
    );
    const kinds = ['valid', 'missing', 'nan', 'infinite', 'wrong_type'];
    return windows.reduce((sum, window) => sum + kinds.reduce((all, kind) => all + (window[kind] ?? 0), 0), 0);
  }

  /** Waits until every rule that judges this series has judged the tick `until`. */
  async waitForJudging(versionId: number, stage: string, field: string, until: number): Promise<void> {
    const id = await this.#seriesId(versionId, stage, field);
    for (;;) {
      const from = new Date(until).toISOString();
      const scores = await this.#get<{ tick: string }[]>(`/api/v1/series/${id}/scores?from=${from}`);
      if (scores.length > 0) return;
      await sleep(200);
    }
  }

  /** Every life of every alert, in the order in which they fired. */
  async episodes(): Promise<Episode[]> {
    const histories = await this.#histories();
    const messages = histories.flatMap((events) => events.flatMap(({ message }) => message ?? []));
    const resolved = new Map(
      messages
        .filter(({ kind }) => kind === 'resolved')
        .map((message) => [`${message.fingerprint}/${message.episode}`, message]),
    );
    return messages
      .filter(({ kind }) => kind === 'firing')
      .map((fired) => ({ fired, resolved: resolved.get(`${fired.fingerprint}/${fired.episode}`) ?? null }))
      .sort((a, b) => a.fired.firedAt - b.fired.firedAt);
  }

  /** Waits until everything that was to be told has been told. */
  async waitForDeliveries(): Promise<void> {
    for (;;) {
      const histories = await this.#histories();
      if (!histories.some((events) => events.some(({ deliveries }) => deliveries.some(({ state }) => state === 'due'))))
        return;
      await sleep(200);
    }
  }

  async #histories(): Promise<EventAnswer[][]> {
    const alerts = await this.#get<{ fingerprint: string }[]>('/api/v1/alerts?state=all&limit=10000');
    return Promise.all(
      alerts.map(({ fingerprint }) => this.#get<EventAnswer[]>(`/api/v1/alerts/${fingerprint}/events?limit=10000`)),
    );
  }

  async #seriesId(versionId: number, stage: string, field: string): Promise<number> {
    const series = await this.#get<{ id: number; stage: string; field: string }[]>(
      `/api/v1/versions/${versionId}/series`,
    );
    const found = series.find((one) => one.stage === stage && one.field === field);
    if (found === undefined) throw new Error(`the collector has no series ${stage}/${field} of version ${versionId}`);
    return found.id;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
