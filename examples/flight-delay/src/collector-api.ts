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

/** What a window of categories lists of them; null for numbers. */
type TopAnswer = { readonly top: readonly { readonly key: string; readonly count: number }[] | null };

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

  /** Valid and other values of one series, over all its windows; 0 where there is no such series. */
  async countValues(versionId: number, stage: string, field: string): Promise<number> {
    const windows = await this.#windows<Record<string, number>>(versionId, stage, field);
    const kinds = ['valid', 'missing', 'nan', 'infinite', 'wrong_type'];
    return windows.reduce((sum, window) => sum + kinds.reduce((all, kind) => all + (window[kind] ?? 0), 0), 0);
  }

  /** Counts of the categories of one series, over all its windows, the most frequent first; the API lists 20 of a window. */
  async countCategories(versionId: number, stage: string, field: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { top } of await this.#windows<TopAnswer>(versionId, stage, field)) {
      for (const { key, count } of top ?? []) counts.set(key, (counts.get(key) ?? 0) + count);
    }
    return new Map([...counts].sort(([, a], [, b]) => b - a));
  }

  /** Waits until every rule that judges this series has judged the tick `until`. */
  async waitForJudging(versionId: number, stage: string, field: string, until: number): Promise<void> {
    const id = await this.#seriesId(versionId, stage, field);
    if (id === undefined) throw new Error(`the collector has no series ${stage}/${field} of version ${versionId}`);
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

  async #windows<T>(versionId: number, stage: string, field: string): Promise<T[]> {
    const id = await this.#seriesId(versionId, stage, field);
    return id === undefined ? [] : this.#get<T[]>(`/api/v1/series/${id}/windows?limit=10000`);
  }

  async #seriesId(versionId: number, stage: string, field: string): Promise<number | undefined> {
    const series = await this.#get<{ id: number; stage: string; field: string }[]>(
      `/api/v1/versions/${versionId}/series`,
    );
    return series.find((one) => one.stage === stage && one.field === field)?.id;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
