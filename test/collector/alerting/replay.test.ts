import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import type { HistoryEvent } from '../../../collector/src/alerting/history.ts';
import type { JudgeStore, TickRecord } from '../../../collector/src/alerting/judge-store.ts';
import { replay } from '../../../collector/src/alerting/replay.ts';
import type { Chance } from '../../../collector/src/chance/chance.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { ChanceThread } from '../../../collector/src/chance/chance-thread.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import { selectHistory } from '../../../collector/src/store/alert-history.ts';
import { AlertTable } from '../../../collector/src/store/alerts.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { HOUR, PROJECT, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import {
  createFeed,
  HOURS,
  historyText,
  RULES_WITH_BUDGET,
  rulesOf,
  seedBaseline,
  simulatedHours,
} from './simulated-history.ts';

const PUBLIC_URL = 'http://tidemark.example';
const END = T0 + HOURS * HOUR;
const never = () => false;

function engineOn(database: Database, wrap = (store: JudgeStore) => store, chance: Chance = new ChanceHere()): Engine {
  return new Engine({
    chance,
    rules: rulesOf(RULES_WITH_BUDGET),
    source: new StoreJudgingSource(database, PROJECT),
    store: wrap(new AlertTable(database, PROJECT, wallClock)),
    publicUrl: PUBLIC_URL,
    onTick: () => undefined,
  });
}

const storedHistory = (database: Database): Promise<HistoryEvent[]> => selectHistory(database, PROJECT, 0, END, null);

async function replayed(database: Database, since = T0 + HOUR - 1): Promise<readonly HistoryEvent[]> {
  const source = new StoreJudgingSource(database, PROJECT);
  return (await replay({ rules: rulesOf(RULES_WITH_BUDGET), source, since, until: END, publicUrl: PUBLIC_URL })).events;
}

/** Judges each hour as its windows come in: nothing later is stored yet. */
async function live(database: Database, engineFor: () => Engine): Promise<void> {
  await seedBaseline(database);
  const feed = await createFeed(database);
  const windows = simulatedHours();
  for (let hour = 0; hour < HOURS; hour++) {
    const now = windows.filter(({ start }) => start === T0 + hour * HOUR);
    if (now.length > 0) await feed(now);
    await engineFor().judgeUntil(T0 + (hour + 1) * HOUR + 60_000, never);
  }
}

describe('replay', () => {
  test('gives the history that live judging gave, byte for byte, and stores and sends nothing', () =>
    withDatabase(async (database) => {
      // As the collector does it: chance is found out in another thread than in a replay.
      const chance = new ChanceThread();
      const engine = engineOn(database, undefined, chance);
      await live(database, () => engine).finally(() => chance.stop());
      const stored = await storedHistory(database);
      const kinds = new Set(stored.map(({ alertname, to }) => `${alertname} ${to}`));
      for (const kind of [
        'Drift recovering',
        'BeyondChance firing',
        'BeyondChance resolved',
        'Missing firing',
        'TidemarkNoData firing',
        'Quiet firing',
        'Apart resolved',
      ])
        assert.ok(kinds.has(kind), `the simulation has to have '${kind}', it has ${[...kinds].join(', ')}`);
      const before = await rowCounts(database);
      assert.equal(historyText(await replayed(database)), historyText(stored));
      assert.deepEqual(await rowCounts(database), before);
    }));

  test('gives the history that catching up in one go gives, and one with kills and restarts', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      const feed = await createFeed(database);
      await feed(simulatedHours());
      const inMemory = historyText(await replayed(database));
      // The first tick in the store is the newest that was due when the collector first started.
      await engineOn(database).judgeUntil(T0 + HOUR + 60_000, never);
      let ticks = 0;
      const dies = (store: JudgeStore): JudgeStore => ({
        lastTick: (group) => store.lastTick(group),
        alerts: (group) => store.alerts(group),
        orphans: (groups) => store.orphans(groups),
        adopt: async (rules) => store.adopt?.(rules),
        toldOf: (fingerprint, episode) => store.toldOf(fingerprint, episode),
        record: async (record: TickRecord) => {
          ticks += 1;
          if (ticks % 7 === 3) throw new Error('killed before the tick was stored');
          const isStored = await store.record(record);
          if (ticks % 7 === 0) throw new Error('killed after the tick was stored');
          return isStored;
        },
      });
      const chance = new ChanceHere();
      for (let kills = 0; ; kills++) {
        const outcome = await engineOn(database, dies, chance)
          .judgeUntil(END + 60_000, never)
          .then(
            () => 'done',
            () => 'killed',
          );
        if (outcome === 'done') {
          assert.ok(kills > 10);
          break;
        }
      }
      assert.equal(historyText(await storedHistory(database)), inMemory);
    }));

  test('of a part of the span begins with alerts never seen and is the same from then on', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      const feed = await createFeed(database);
      await feed(simulatedHours());
      const since = T0 + 26 * HOUR;
      const whole = (await replayed(database)).filter(({ at, alertname }) => at > since && alertname === 'Apart');
      const part = (await replayed(database, since)).filter(({ alertname }) => alertname === 'Apart');
      const withoutEpisodes = (events: readonly HistoryEvent[]) => events.map(({ at, to, value }) => [at, to, value]);
      assert.deepEqual(withoutEpisodes(part), withoutEpisodes(whole));
      assert.ok(part.length > 0);
    }));
});

async function rowCounts(database: Database): Promise<unknown> {
  return database.query(
    `select (select count(*) from score) as scores, (select count(*) from alert) as alerts, (select count(*) from alert_event) as events,
       (select count(*) from delivery) as deliveries, (select max(last_tick) from rule_group) as last_tick`,
  );
}
