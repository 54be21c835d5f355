import { Engine } from '../../../collector/src/alerting/engine.ts';
import type { HistoryEvent } from '../../../collector/src/alerting/history.ts';
import type { JudgeStore } from '../../../collector/src/alerting/judge-store.ts';
import { MemoryJudgeStore } from '../../../collector/src/alerting/memory-judge-store.ts';
import { replay } from '../../../collector/src/alerting/replay.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import type { RuleSet } from '../../../collector/src/rules/rule-set.ts';
import { selectHistory } from '../../../collector/src/store/alert-history.ts';
import { AlertTable } from '../../../collector/src/store/alerts.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { spread } from '../spread.ts';
import type { Effort } from './effort.ts';
import type { StoreJudged } from './measured.ts';
import { FLEET_RULES, SIX_SCORES } from './rules.ts';
import { HOUR, storeModels, T0 } from './stored-models.ts';

const PROJECT = 1;
const never = () => false;

/** Ticks of one wide model, judged as the collector judges them. */
export async function measureTicks(
  database: Database,
  effort: Effort,
): Promise<Pick<StoreJudged, 'findings' | 'tickMs' | 'evaluateMs'>> {
  const hours = effort.warmUpTicks + effort.ticks;
  await storeModels(database, [{ model: 'wide', series: effort.series, numbersOnly: true }], hours);
  let findings = 0;
  const evaluateMs = await timeTicks(
    database,
    effort,
    new MemoryJudgeStore(T0, ({ scores }) => {
      findings = scores.length;
    }),
  );
  const tickMs = await timeTicks(database, effort, new AlertTable(database, PROJECT, wallClock));
  return { findings, tickMs: spread(tickMs), evaluateMs: spread(evaluateMs) };
}

async function timeTicks(database: Database, { warmUpTicks, ticks }: Effort, store: JudgeStore): Promise<number[]> {
  const engine = engineOn(database, SIX_SCORES, store);
  const times: number[] = [];
  for (let hour = 1; hour <= warmUpTicks + ticks; hour++) {
    const start = performance.now();
    await engine.judgeUntil(T0 + hour * HOUR, never);
    if (hour > warmUpTicks) times.push(performance.now() - start);
  }
  return times;
}

/** Replays of the whole history, and its last days judged live and replayed. */
export async function measureReplay(
  database: Database,
  effort: Effort,
  progress: (step: string) => void,
): Promise<Omit<StoreJudged, 'store' | 'findings' | 'tickMs' | 'evaluateMs'>> {
  const hours = effort.days * 24;
  const models = Array.from({ length: effort.models }, (_, i) => ({
    model: `model-${i}`,
    series: effort.seriesPerModel,
    numbersOnly: false,
  }));
  await storeModels(database, models, hours);
  const until = T0 + hours * HOUR;
  const times: number[] = [];
  let replayed = { ticks: 0, findings: 0 };
  for (let i = 0; i < effort.replays; i++) {
    progress('replay');
    const start = performance.now();
    const source = new StoreJudgingSource(database, PROJECT);
    replayed = await replay({ rules: FLEET_RULES, source, since: T0, until });
    times.push(performance.now() - start);
  }
  progress('live judging, to compare');
  const since = until - effort.comparedDays * 24 * HOUR;
  const engine = engineOn(database, FLEET_RULES, new AlertTable(database, PROJECT, wallClock));
  for (let tick = since + HOUR; tick <= until; tick += HOUR) await engine.judgeUntil(tick, never);
  const live = await selectHistory(database, PROJECT, since, until, null);
  const source = new StoreJudgingSource(database, PROJECT);
  const { events } = await replay({ rules: FLEET_RULES, source, since, until });
  return {
    replayMs: spread(times),
    replayedTicks: replayed.ticks,
    replayedFindings: replayed.findings,
    liveEvents: live.length,
    differentEvents: differences(live, events),
  };
}

function engineOn(database: Database, rules: RuleSet, store: JudgeStore): Engine {
  const source = new StoreJudgingSource(database, PROJECT);
  return new Engine({ rules, source, store, publicUrl: null, onTick: () => undefined });
}

/** Changes that are not the same in both at the same place, byte for byte. */
function differences(some: readonly HistoryEvent[], others: readonly HistoryEvent[]): number {
  const length = Math.max(some.length, others.length);
  let different = 0;
  for (let i = 0; i < length; i++) if (inOneForm(some[i]) !== inOneForm(others[i])) different += 1;
  return different;
}

/** JSON with its keys in order: a store gives objects back with their keys in an order of its own. */
function inOneForm(event: HistoryEvent | undefined): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return JSON.stringify(sorted(event)) ?? 'none';
}
