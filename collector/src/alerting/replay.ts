import type { RuleSet } from '../rules/rule-set.ts';
import { Engine } from './engine.ts';
import { eventsOf, type HistoryEvent } from './history.ts';
import type { HistorySource } from './history-source.ts';
import type { TickRecord } from './judge-store.ts';
import { MemoryJudgeStore } from './memory-judge-store.ts';
import { ReadAheadSource } from './read-ahead-source.ts';

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
};

/** What a span would have come to. */
export type Replayed = { readonly ticks: number; readonly findings: number; readonly events: readonly HistoryEvent[] };

/**
 * Judges a stored span as the collector judges it tick by tick, by the same engine, and stores and tells nothing. Alerts
 * begin as never seen: one that was under way before the span begins anew in it.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { since, until, labels = {}, publicUrl = null, onRecord, isStopping = () => false } = options;
  const events: HistoryEvent[] = [];
  let ticks = 0;
  let findings = 0;
  const store = new MemoryJudgeStore(since, (record) => {
    ticks += 1;
    findings += record.scores.length;
    events.push(...eventsOf(record));
    onRecord?.(record);
  });
  // The data is in: waiting for what is late has no meaning here.
  const groups = options.rules.groups.map((group) => ({ ...group, queryOffsetMs: 0 }));
  const engine = new Engine({
    rules: { ...options.rules, groups },
    source: new ReadAheadSource(options.source, until),
    store,
    labels,
    publicUrl,
    onTick: () => undefined,
  });
  await engine.judgeUntil(until, isStopping);
  return { ticks, findings, events };
}
