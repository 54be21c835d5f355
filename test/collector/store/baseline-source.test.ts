import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { NewBaselineSeries } from '../../../collector/src/baseline/baseline.ts';
import { fromWindows, type WindowPlan } from '../../../collector/src/baseline/from-windows.ts';
import { CollectorError } from '../../../collector/src/errors.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { BaselineSource } from '../../../collector/src/store/baseline-source.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { rollUpOne } from '../../../collector/src/store/roll-up.ts';
import { HOUR, makeBatch, newSource, received, T0, type TestWindow } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const MINUTE = 60_000;
const VERSION = 1;

/** Windows of ten minutes in each of `hours` hours, whose values are the hour, and of one series of each kind. */
function windowsOf(hours: number, widthMs = MINUTE): TestWindow[] {
  const each = widthMs === HOUR ? [0] : Array.from({ length: 10 }, (_, i) => i * 6 * MINUTE);
  return Array.from({ length: hours }, (_, hour) =>
    each.map((offset) => ({
      start: T0 + hour * HOUR + offset,
      widthMs,
      rows: 3,
      series: [
        { field: 'x', values: [hour, hour, null] },
        { field: 'plan', kind: 'category' as const, values: [`h${hour % 3}`, 'all'] },
        { field: 'v', kind: 'vector' as const, values: [[hour, 1]] },
        { field: 'x', slice: 'region=eu', values: [99] },
      ],
    })),
  ).flat();
}

async function take(database: Database, windows: readonly TestWindow[]): Promise<void> {
  const part = await registerCollector(database, randomUUID(), 'test');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined);
  const outcome = await ingest.take(received(makeBatch(newSource(), 1, windows)));
  assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
}

async function rollUpAll(database: Database, now: number): Promise<void> {
  while (await database.session((session) => rollUpOne(session, now, () => assert.fail('damaged')))) {
    // Until nothing is left.
  }
}

async function made(database: Database, plan: Partial<WindowPlan> = {}) {
  const whole = { from: T0, to: T0 + 24 * HOUR };
  const baseline = await fromWindows(new BaselineSource(database, VERSION), {
    span: whole,
    masks: [],
    windowMs: null,
    force: false,
    ...plan,
  });
  const series = new Map<string, NewBaselineSeries>();
  for await (const one of baseline.series) series.set(one.field, one);
  return { ...baseline, series };
}

async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof CollectorError && error.code === 'BASELINE_INVALID', String(error));
    return error.message;
  }
  return assert.fail('it was made');
}

/** An alert on field x: pending at one tick, firing at the next, resolved at the third or not at all. */
async function alertOn(
  database: Database,
  ticks: readonly [number, number, number?],
  alertname = 'XDrift',
): Promise<void> {
  const [pending, firing, resolved] = ticks;
  await database.query(
    `insert into alert (fingerprint, model_version_id, group_name, alertname, labels, state, machine, tick)
     values ($1, $2, 'g', $1, '{"stage":"feature","field":"x"}', 'firing', '{}', $3)`,
    [alertname, VERSION, new Date(firing)],
  );
  const events = [
    [0, 'inactive', 'pending', pending],
    [1, 'pending', 'firing', firing],
    ...(resolved === undefined ? [] : [[1, 'firing', 'resolved', resolved] as const]),
  ] as const;
  for (const [episode, from, to, tick] of events)
    await database.query(
      `insert into alert_event (fingerprint, model_version_id, episode, from_state, to_state, reason, tick) values ($1, $2, $3, $4, $5, 'r', $6)`,
      [alertname, VERSION, episode, from, to, new Date(tick)],
    );
  await database.query(
    `insert into score (fingerprint, tick, model_version_id, alertname, measure, health, samples, span_from) values ($1, $2, $3, $1, 'psi', 'ok', 9, $4)`,
    [alertname, new Date(pending), VERSION, new Date(pending - HOUR)],
  );
}

describe('a baseline of stored windows', () => {
  test('holds every value of the span once, all traffic together, and each of its windows', () =>
    withDatabase(async (database) => {
      await take(database, windowsOf(24));
      for (const now of [T0, T0 + 12 * HOUR, T0 + 48 * HOUR, null]) {
        // First minutes alone, then hours of some, then of all, and a day, then no minutes any more: the answer is the same.
        if (now === null) await database.query('truncate summary_1m, traffic_1m');
        else await rollUpAll(database, now);
        const { rows, windowMs, series } = await made(database);
        assert.deepEqual([rows, windowMs, [...series.keys()].sort()], [720, HOUR, ['plan', 'v', 'x']]);
        const { summary, bins, windows } = series.get('x')!;
        assert.deepEqual([summary.kinds.valid, summary.kinds.missing, summary.digest.max], [480, 240, 23]);
        assert.ok(Math.abs(summary.moments.mean - 11.5) < 1e-12);
        assert.equal(bins.kind === 'number' && bins.cuts.length, 9);
        assert.deepEqual(
          windows?.map((one) => [one.start, one.summary.kinds.valid, one.summary.moments.mean]),
          Array.from({ length: 24 }, (_, hour) => [T0 + hour * HOUR, 20, hour]),
        );
        assert.equal(series.get('plan')?.summary.categories.count('all'), 240);
        assert.equal(series.get('v')?.summary.projections.count, 240);
      }
    }));

  test('is without the windows that a mask touches, also those that agents made as wide as an hour', () =>
    withDatabase(async (database) => {
      for (const widthMs of [MINUTE, HOUR]) {
        await take(database, windowsOf(24, widthMs));
        const masks = [{ from: T0 + 2 * HOUR + MINUTE, to: T0 + 3 * HOUR + 5 * MINUTE }];
        const { series } = await made(database, { masks });
        const hours = series.get('x')?.windows?.map(({ start }) => (start - T0) / HOUR);
        assert.deepEqual(
          hours,
          [...Array(24).keys()].filter((hour) => hour !== 2 && hour !== 3),
        );
        // Where an agent sends hours, the half of one at the end of the span is not to be had.
        const half = await made(database, { masks, windowMs: 30 * MINUTE, span: { from: T0, to: T0 + 90 * MINUTE } });
        assert.deepEqual(
          half.series.get('x')?.windows?.map(({ start }) => (start - T0) / MINUTE),
          widthMs === MINUTE ? [0, 30, 60] : [0],
        );
        assert.equal(half.rows, widthMs === MINUTE ? 45 : 3);
        await database.query('truncate summary_1m, summary_1h, traffic_1m, traffic_1h, rollup_dirty');
      }
    }));

  test('is refused where alerts were on, unless they are masked or it is forced', () =>
    withDatabase(async (database) => {
      await take(database, windowsOf(24));
      await alertOn(database, [T0 + 5 * HOUR, T0 + 6 * HOUR, T0 + 8 * HOUR]);
      await alertOn(database, [T0 - 9 * HOUR, T0 - 8 * HOUR, T0 - 2 * HOUR], 'Before');
      await alertOn(database, [T0 + 1 * HOUR, T0 + 2 * HOUR], 'TidemarkNoData');
      const message = await refused(made(database));
      assert.match(
        message,
        /^alerts were on in the span, .*:\n {2}- XDrift \(feature\/x\): --mask 2001-01-01T04:00Z\.\.2001-01-01T08:00Z$/,
      );
      assert.equal((await made(database, { force: true })).rows, 720);
      const masks = [{ from: T0 + 4 * HOUR, to: T0 + 8 * HOUR }];
      assert.equal((await made(database, { masks })).rows, 600);
      await alertOn(database, [T0 + 20 * HOUR, T0 + 21 * HOUR], 'Still');
      assert.match(
        await refused(made(database, { masks })),
        /Still \(feature\/x\): --mask 2001-01-01T19:00Z\.\.2001-01-02T00:00Z$/,
      );
      assert.equal((await made(database, { masks, span: { from: T0, to: T0 + 19 * HOUR } })).rows, 450);
    }));

  test('is refused where there is nothing, where its ends lie within windows, and where it has too many', () =>
    withDatabase(async (database) => {
      await take(database, windowsOf(24));
      assert.match(
        await refused(made(database, { span: { from: T0 - 24 * HOUR, to: T0 } })),
        /^the store has no windows in 2000-12-31T00:00Z\.\.2001-01-01T00:00Z$/,
      );
      const all = [{ from: T0, to: T0 + 24 * HOUR }];
      assert.match(await refused(made(database, { masks: all })), / outside of the masks$/);
      assert.match(
        await refused(made(database, { span: { from: T0 + MINUTE, to: T0 + HOUR } })),
        /^expected a span of whole windows of 1h, got 2001-01-01T00:01Z\.\.2001-01-01T01:00Z; move its ends, or set --window$/,
      );
      const year = { from: T0, to: T0 + 365 * 24 * HOUR };
      assert.match(
        await refused(made(database, { span: year, windowMs: HOUR })),
        /^expected at most 20000 windows of series, got 26280/,
      );
      assert.equal((await made(database, { span: year })).windowMs, 24 * HOUR, 'days, where hours are too many');
    }));
});
