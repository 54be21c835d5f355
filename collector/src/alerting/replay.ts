import type { Chance } from '../chance/chance.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { Engine } from './engine.ts';
import { eventsOf, type HistoryEvent } from './history.ts';
import type { HistorySource } from './history-source.ts';
import type { JudgeStore, TickRecord } from './judge-store.ts';
import { MemoryJudgeStore } from './memory-judge-store.ts';
import { ReadAheadSource } from './read-ahead-source.ts';
import type { TickSource } from './tick-view.ts';

export type ReplayOptions = {
  readonly rules: RuleSet;
  readonly source: HistorySource;
  /** Ticks in (since, until] are judged, ms. */
  readonly since: number;
  readonly until: number;
  /** As the engine takes them: part of what is told, and so of the history. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly publicUrl?: string | null;
  /** Told of every tick that was judged. */
  readonly onRecord?: (record: TickRecord) => void;
  readonly isStopping?: () => boolean;
  /** As the engine takes it. */
  readonly chance?: Chance;
  /** Awaited before each question to the source and after each tick, to let others have their turn; what it throws ends the replay. */
  readonly pause?: Pause;
};

/** Lets whoever else waits for this thread have a turn. */
export type Pause = () => Promise<void>;

/** What a span would have come to. */
export type Replayed = { readonly ticks: number; readonly findings: number; readonly events: readonly HistoryEvent[] };

/**
 * Judges a stored span as the collector judges it tick by tick, by the same engine, and stores and tells nothing. Alerts
 * begin as never seen: one that was under way before the span begins anew in it.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { since, until, labels = {}, publicUrl = null, onRecord, isStopping = () => false, chance, pause } = options;
  const events: HistoryEvent[] = [];
  let ticks = 0;
  let findings = 0;
  const store = new MemoryJudgeStore(since, (record) => {
    ticks += 1;
    findings += record.scores.length;
    events.push(...eventsOf(record));
    onRecord?.(record);
  });
  const ahead = new ReadAheadSource(options.source, until);
  // The data is in: waiting for what is late has no meaning here.
  const groups = options.rules.groups.map((group) => ({ ...group, queryOffsetMs: 0 }));
  const engine = new Engine({
    rules: { ...options.rules, groups },
    source: pause === undefined ? ahead : pausing(ahead, pause),
    store: pause === undefined ? store : pausingAfter(store, pause),
    ...(chance === undefined ? {} : { chance }),
    labels,
    publicUrl,
    onTick: () => undefined,
  });
  await engine.judgeUntil(until, isStopping);
  return { ticks, findings, events };
}

function pausing(source: ReadAheadSource, pause: Pause): TickSource {
  const after = async <T>(ask: () => Promise<T>): Promise<T> => {
    await pause();
    return ask();
  };
  return {
    models: () => source.models(),
    versions: (model) => source.versions(model),
    series: (versionId) => source.series(versionId),
    firstWindows: (ids) => source.firstWindows(ids),
    spans: (ids, from, to) => after(() => source.spans(ids, from, to)),
    traffic: (ids, from, to) => after(() => source.traffic(ids, from, to)),
    baseline: (model, version, name) => after(() => source.baseline(model, version, name)),
    baselineWindows: (id, series, spanMs) => after(() => source.baselineWindows(id, series, spanMs)),
  };
}

function pausingAfter(store: MemoryJudgeStore, pause: Pause): JudgeStore {
  return {
    lastTick: (group) => store.lastTick(group),
    alerts: (group) => store.alerts(group),
    orphans: () => store.orphans(),
    toldOf: (fingerprint, episode) => store.toldOf(fingerprint, episode),
    record: async (record) => {
      const isStored = await store.record(record);
      await pause();
      return isStored;
    },
  };
}
