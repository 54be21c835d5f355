import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Engine } from '../../../collector/src/alerting/engine.ts';
import type { HistoryEvent } from '../../../collector/src/alerting/history.ts';
import { wallClock } from '../../../collector/src/clock.ts';
import { selectHistory } from '../../../collector/src/store/alert-history.ts';
import { AlertTable } from '../../../collector/src/store/alerts.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { LateTable } from '../../../collector/src/store/late-judging.ts';
import { HOUR, PROJECT, T0, type TestWindow } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import {
  createFeed,
  historyText,
  RULES,
  RULES_WITH_BUDGET,
  rulesOf,
  seedBaseline,
  simulatedHours,
} from './simulated-history.ts';

const HOURS = 48;
const never = () => false;

type Told = { receiver: string; kind: string; alert: string; evidence: string[] };

function engineOn(database: Database, heldMs = 0, rules = RULES): Engine {
  return new Engine({
    rules: rulesOf(rules),
    source: new StoreJudgingSource(database, PROJECT),
    store: new AlertTable(database, PROJECT, wallClock),
    late: new LateTable({ database, projectId: PROJECT, wallClock, heldMs }),
    publicUrl: null,
    onTick: () => undefined,
  });
}

/** Judges hour by hour; the windows of an hour come in when `arrival` says. */
async function judge(database: Database, windows: readonly TestWindow[], arrival: (hour: number) => number) {
  await seedBaseline(database);
  const feed = await createFeed(database);
  const engine = engineOn(database, 0, RULES_WITH_BUDGET);
  for (let hour = 0; hour < HOURS; hour++) {
    const now = windows.filter(({ start = 0 }) => arrival((start - T0) / HOUR) === hour);
    if (now.length > 0) await feed(now);
    await engine.judgeUntil(T0 + (hour + 1) * HOUR + 60_000, never);
  }
}

const storedHistory = (database: Database): Promise<HistoryEvent[]> =>
  selectHistory(database, PROJECT, 0, T0 + HOURS * HOUR, null);

async function scores(database: Database): Promise<unknown[]> {
  return database.query(
    'select fingerprint, tick, value, health, samples, effect, null_multiple, tail, n_ref from score order by tick, fingerprint',
  );
}

async function told(database: Database): Promise<Told[]> {
  const rows = await database.query<{
    receiver: string;
    kind: string;
    message: { alertname: string; evidence: string[]; labels: { field?: string } };
  }>('select receiver, kind, message from delivery order by id');
  return rows.map(({ receiver, kind, message }) => ({
    receiver,
    kind,
    alert: `${message.alertname} ${message.labels.field ?? ''}`.trim(),
    evidence: message.evidence,
  }));
}

const amendedEvents = async (database: Database) =>
  (await database.query<{ n: number }>('select count(*) as n from alert_event where amended_at is not null'))[0]?.n ??
  0;

describe('late data', () => {
  const windows = simulatedHours().filter(({ start = 0 }) => start < T0 + HOURS * HOUR);

  test('leaves the history and the scores that there would be had it been on time, and says what was amended', () =>
    withDatabase(async (database) => {
      await judge(database, windows, (hour) => hour);
      const history = historyText(await storedHistory(database));
      const onTime = await scores(database);
      assert.equal(await amendedEvents(database), 0);
      await withDatabase(async (again) => {
        // The second day's shift is seen half a day late, an hour with missing values some hours late.
        const late = (hour: number) => (hour >= 33 && hour <= 35 ? 46 : hour === 31 ? 34 : hour);
        await judge(again, windows, late);
        const amended = await storedHistory(again);
        // Numbers that people were told stay with what they were told of, and late data had them told of what a baseline that
        // moves made of it; of the rules with a baseline that stays the numbers are the same as well.
        const numberless = (line: string) => (line.includes('"Trailed"') ? line.replace(/"episode":\d+/g, '') : line);
        assert.deepEqual(
          historyText(amended).split('\n').map(numberless).sort(),
          history.split('\n').map(numberless).sort(),
        );
        const lives = amended
          .filter(({ from, to }) => to === 'firing' && from !== 'recovering')
          .map(({ fingerprint, episode }) => `${fingerprint} ${episode}`);
        assert.equal(new Set(lives).size, lives.length, 'no number is given to two lives');
        assert.deepEqual(await scores(again), onTime);
        assert.ok((await amendedEvents(again)) > 0);
        const marked = await again.query<{ n: number }>('select count(*) as n from score where amended_at is not null');
        assert.ok(marked[0]!.n > 0);
        assert.deepEqual(await again.query('select * from late_data'), []);
      });
    }));

  test('tells nobody of what is over, tells of what fires since and still does, and ends what never was', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      const feed = await createFeed(database);
      const engine = engineOn(database);
      const judgeTo = (hour: number) => engine.judgeUntil(T0 + hour * HOUR + 60_000, never);
      const at = (hour: number, shift: number): TestWindow => ({
        start: T0 + hour * HOUR,
        series: [{ field: 'x', values: Array.from({ length: 600 }, (_, i) => (i % 200) / 100 + shift) }],
      });
      for (let hour = 0; hour < 12; hour++) if (hour < 2 || hour > 4) await feed([at(hour, 0)]);
      await judgeTo(1);
      await judgeTo(10);
      const before = (await told(database)).length;
      // Five hours that were shifted, and are over: only the history knows.
      await feed([2, 3, 4].map((hour) => at(hour, 3)));
      await judgeTo(10);
      const episodes = (await storedHistory(database)).filter(
        ({ alertname, to }) => alertname === 'Apart' && to === 'firing',
      );
      assert.equal(episodes.length, 1);
      const sinceThen = (await told(database))
        .slice(before)
        .filter(({ alert, kind }) => alert === 'Apart x' && kind === 'firing');
      assert.deepEqual(sinceThen, []);
      // What fires at the last tick that was judged is told, and says why it comes so late.
      await feed([8, 9].map((hour) => at(hour, 30)));
      await judgeTo(10);
      const page = (await told(database)).find(({ alert, kind }) => alert === 'Apart x' && kind === 'firing');
      assert.ok(page?.evidence.at(-1)?.startsWith('amended: data came late'), JSON.stringify(page));
      // So much good data for the same hours that it was never so.
      const good = Array.from({ length: 12_000 }, (_, i) => (i % 200) / 100);
      await feed([8, 9].map((hour) => ({ start: T0 + hour * HOUR, series: [{ field: 'x', values: good }] })));
      await judgeTo(10);
      const end = (await told(database)).find(({ alert, kind }) => alert === 'Apart x' && kind === 'resolved');
      assert.ok(end?.evidence.at(-1)?.startsWith('amended: data came late'), JSON.stringify(end));
      const open = await database.query(
        `select 1 from alert where alertname = 'Apart' and state in ('firing', 'recovering')`,
      );
      assert.deepEqual(open, []);
    }));

  test('waits until more of it has gathered, and is not forgotten meanwhile', () =>
    withDatabase(async (database) => {
      await seedBaseline(database);
      const feed = await createFeed(database);
      await feed(windows.slice(0, 8));
      await engineOn(database).judgeUntil(T0 + HOUR + 60_000, never);
      await engineOn(database).judgeUntil(T0 + 8 * HOUR + 60_000, never);
      await feed([{ ...windows[5]!, version: '1' }]);
      await engineOn(database, 3_600_000).judgeUntil(T0 + 8 * HOUR + 60_000, never);
      assert.equal((await database.query('select 1 from late_data')).length, 1);
      assert.equal(await countAmended(database), 0);
      await engineOn(database).judgeUntil(T0 + 8 * HOUR + 60_000, never);
      assert.deepEqual(await database.query('select 1 from late_data'), []);
      assert.ok((await countAmended(database)) > 0);
    }));
});

async function countAmended(database: Database): Promise<number> {
  const rows = await database.query<{ n: number }>('select count(*) as n from score where amended_at is not null');
  return rows[0]?.n ?? 0;
}
