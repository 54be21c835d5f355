import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Summary } from '@tidemark/sketch';
import fc from 'fast-check';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import type { Widest } from '../../../collector/src/store/levels.ts';
import { type Damage, rollUpOne } from '../../../collector/src/store/roll-up.ts';
import { oldestPendingDay } from '../../../collector/src/store/rollup-marks.ts';
import { selectPieces, toSummary } from '../../../collector/src/store/summaries.ts';
import { totalTraffic } from '../../../collector/src/store/traffic.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0, type TestWindow } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const WIDEST: readonly Widest[] = [MINUTE, 3_600_000, DAY];

/** A collector of its own on a database: what it takes is in the store when it answers. */
async function collectorOn(database: Database) {
  const part = await registerCollector(database, randomUUID(), 'test');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined);
  const source = newSource();
  let sequence = 0;
  return async (windows: readonly TestWindow[]) => {
    sequence += 1;
    const send = () => ingest.take(received(makeBatch(source, sequence, windows)));
    let outcome = await send();
    // As an agent does: whoever opens a chunk of TimescaleDB at the same time may turn this one away again and again.
    for (let tries = 1; outcome.kind === 'retry' && tries < 5; tries++) outcome = await send();
    assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
  };
}

const minute = (start: number, values: readonly number[] = [1]): TestWindow => ({
  start,
  widthMs: MINUTE,
  series: [{ values }],
});

async function rollUpAll(database: Database, now: number, damage: Damage[] = []): Promise<number> {
  let made = 0;
  while (await database.session((session) => rollUpOne(session, now, (one) => damage.push(one)))) made += 1;
  return made;
}

/** Everything of the one series in a span, from pieces as wide as is allowed. */
async function answer(database: Database, from: number, to: number, widest: Widest) {
  const pieces = await selectPieces(database, [1], from, to, { widest });
  const traffic = await totalTraffic(database, [1], from, to, widest);
  let whole: Summary | undefined;
  for (const piece of pieces) {
    if (whole === undefined) whole = toSummary(piece);
    else whole.merge(toSummary(piece));
  }
  return { pieces, rows: traffic.rows, valid: whole?.kinds.valid ?? 0, whole };
}

const countOf = async (database: Database, table: string) =>
  (await database.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? 0;

describe('a roll-up', () => {
  test('makes hours of minutes when they have ended, and days of hours', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      for (let i = 0; i < 60 * 24; i += 10) await take([minute(T0 + i * MINUTE, [i, i + 1])]);
      assert.equal(await rollUpAll(database, T0 + HOUR + 119_999), 0, 'not before the grace has passed');
      assert.equal(await rollUpAll(database, T0 + HOUR + 120_000), 1);
      assert.equal(await rollUpAll(database, T0 + DAY + HOUR), 24, 'the other hours and the day');
      assert.equal(await rollUpAll(database, T0 + DAY + HOUR), 0);
      assert.deepEqual([await countOf(database, 'summary_1h'), await countOf(database, 'summary_1d')], [24, 1]);
      const day = await answer(database, T0, T0 + DAY, DAY);
      assert.equal(day.pieces.length, 1);
      assert.deepEqual([day.rows, day.valid], [288, 288]);
      assert.equal(day.whole?.moments.max, 1431);
      assert.equal(await oldestPendingDay(database), Infinity);
    }));

  test('is made anew when something late comes, and until then what it is made of is read', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      await take([minute(T0), minute(T0 + 2 * HOUR)]);
      await rollUpAll(database, T0 + 2 * DAY);
      await take([minute(T0 + MINUTE, [1, 2, 3])]);
      for (const widest of WIDEST) {
        const { rows, valid } = await answer(database, T0, T0 + DAY, widest);
        assert.deepEqual([rows, valid], [5, 5], `${widest}`);
      }
      assert.equal((await answer(database, T0, T0 + DAY, DAY)).pieces.length, 3, 'two minutes and an hour');
      assert.equal(await oldestPendingDay(database), T0);
      assert.equal(await rollUpAll(database, T0 + 2 * DAY), 2);
      assert.equal((await answer(database, T0, T0 + DAY, DAY)).pieces.length, 1);
      assert.deepEqual((await answer(database, T0, T0 + DAY, DAY)).valid, 5);
    }));

  test('waits while its window is still being written into', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      await take([minute(T0), minute(T0 + HOUR)]);
      const rollUp = () =>
        database.session((session) => rollUpOne(session, T0 + 2 * DAY, ({ reason }) => assert.fail(reason), HOUR));
      assert.equal(await rollUp(), false, 'both were written just now');
      await database.query(`update rollup_dirty set since = since - interval '2 hours' where bucket = $1`, [
        new Date(T0 + HOUR),
      ]);
      assert.equal(await rollUp(), true, 'the quiet one does not wait for the other');
      assert.equal(await rollUp(), false);
      await take([minute(T0 + HOUR + MINUTE)]);
      await database.query(`update rollup_dirty set since = since - interval '2 hours' where bucket = $1`, [
        new Date(T0),
      ]);
      assert.equal(await rollUp(), true);
      assert.equal(await rollUp(), false, 'what was quiet is no more, and a day waits for its hours');
    }));

  test('of what several collectors wrote holds the parts of all, and windows of hours from agents', () =>
    withDatabase(async (database) => {
      const [one, other] = [await collectorOn(database), await collectorOn(database)];
      await Promise.all([one([minute(T0, [1, 2])]), other([minute(T0, [3])])]);
      await other([{ start: T0 + HOUR, widthMs: HOUR, series: [{ values: [4, 5, 6] }] }]);
      await one([{ start: T0, widthMs: HOUR, series: [{ values: [7] }] }]);
      await rollUpAll(database, T0 + 2 * DAY);
      for (const widest of WIDEST) {
        const { rows, valid, whole } = await answer(database, T0, T0 + DAY, widest);
        assert.deepEqual([rows, valid, whole?.moments.mean], [7, 7, 4], `${widest}`);
      }
    }));

  test('leaves out a window whose bytes are damaged, says so, and makes the rest', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      await take([minute(T0, [1, 2]), minute(T0 + MINUTE, [3])]);
      await database.query(`update summary_1m set digest = '\\x02' where window_start = $1`, [new Date(T0)]);
      const damage: Damage[] = [];
      await rollUpAll(database, T0 + 2 * DAY, damage);
      assert.partialDeepStrictEqual(damage, [{ seriesId: 1, start: T0 }]);
      assert.equal((await answer(database, T0, T0 + DAY, DAY)).valid, 1);
      assert.equal((await answer(database, T0, T0 + DAY, DAY)).rows, 3);
    }));

  test('answers every span as the finest windows do, whatever came when', () =>
    withDatabase(async (database) => {
      // Minutes of three days and now and then an hour, in any order, and roll-ups at any time between them.
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('write' as const),
          at: fc.nat({ max: 3 * 1440 - 1 }),
          n: fc.integer({ min: 1, max: 5 }),
        }),
        fc.record({ kind: fc.constant('hour' as const), at: fc.nat({ max: 71 }), n: fc.integer({ min: 1, max: 5 }) }),
        fc.record({ kind: fc.constant('roll' as const), at: fc.nat({ max: 5 * 1440 }), n: fc.constant(0) }),
      );
      const span = fc.tuple(fc.nat({ max: 4 * 1440 }), fc.nat({ max: 4 * 1440 }), fc.constantFrom(1, 60, 1440));
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          fc.array(span, { minLength: 8, maxLength: 8 }),
          async (steps, spans) => {
            await database.query('truncate model_version restart identity cascade');
            const take = await collectorOn(database);
            const written: { start: number; n: number }[] = [];
            for (const { kind, at, n } of steps) {
              if (kind === 'roll') await rollUpAll(database, T0 + at * MINUTE);
              else {
                const widthMs = kind === 'hour' ? HOUR : MINUTE;
                const start = T0 + at * widthMs;
                written.push({ start, n });
                await take([{ start, widthMs, series: [{ values: Array.from({ length: n }, (_, i) => at + i) }] }]);
              }
            }
            for (const [a, b, unit] of spans) {
              const [from = 0, to = 0] = [a, b]
                .sort((x, y) => x - y)
                .map((at) => T0 + Math.floor(at / unit) * unit * MINUTE);
              const expected = written
                .filter(({ start }) => start >= from && start < to)
                .reduce((sum, { n }) => sum + n, 0);
              for (const widest of WIDEST) {
                const { rows, valid, pieces } = await answer(database, from, to, widest);
                assert.deepEqual([rows, valid], [expected, expected], `${from} ${to} ${widest}`);
                assert.ok(pieces.every(({ widthMs }) => widthMs <= Math.max(widest, HOUR)));
              }
            }
          },
        ),
        { numRuns: 25, seed: 7 },
      );
    }));

  test('loses nothing while collectors write and it is made anew again and again', () =>
    withDatabase(async (database) => {
      const takes = [await collectorOn(database), await collectorOn(database), await collectorOn(database)];
      let writing = true;
      const writers = Promise.all(
        takes.map(async (take, w) => {
          for (let i = 0; i < 60; i++) await take([minute(T0 + ((i * 7 + w) % 120) * MINUTE, [i])]);
        }),
      ).finally(() => {
        writing = false;
      });
      let made = 0;
      while (writing) made += await rollUpAll(database, T0 + 2 * DAY);
      await writers;
      await rollUpAll(database, T0 + 2 * DAY);
      assert.ok(made > 2, `${made} windows were made while others wrote`);
      for (const widest of WIDEST) {
        const { rows, valid } = await answer(database, T0, T0 + DAY, widest);
        assert.deepEqual([rows, valid], [180, 180]);
      }
      assert.equal(await countOf(database, 'rollup_dirty'), 0);
    }));
});

describe('the summary of a series', () => {
  test('is of a whole span as one, whether or not it was rolled up', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      for (let i = 0; i < 150; i++) await take([minute(T0 + i * MINUTE, [i])]);
      const api = createApiReader(database, PROJECT);
      for (const now of [T0, T0 + 3 * HOUR, T0 + 2 * DAY]) {
        await rollUpAll(database, now);
        const whole = await api.span(1, { from: T0, to: T0 + DAY });
        assert.partialDeepStrictEqual(whole, {
          valid: 150,
          min: 0,
          max: 149,
          mean: 74.5,
          from: '2001-01-01T00:00:00.000Z',
        });
        assert.ok(Math.abs((whole?.quantiles?.p50 ?? 0) - 74.5) <= 1);
        assert.equal((await api.span(1, { from: T0 + 30 * MINUTE, to: T0 + 90 * MINUTE }))?.valid, 60);
      }
      assert.partialDeepStrictEqual(await api.span(1, { from: 0, to: T0 }), { valid: 0, from: null, quantiles: null });
      assert.equal(await api.span(99, { from: 0, to: T0 }), null);
    }));
});

describe('the windows of a series', () => {
  test('are answered as wide as is asked for, whether or not they were rolled up yet', () =>
    withDatabase(async (database) => {
      const take = await collectorOn(database);
      for (let i = 0; i < 150; i++) await take([minute(T0 + i * MINUTE, [i])]);
      const api = createApiReader(database, PROJECT);
      const windows = async (widest: Widest, limit = 1_000) =>
        (await api.windows(1, { from: T0, to: T0 + DAY, limit, widest }))?.map(
          ({ start, width_seconds, valid }) => `${start.slice(11, 16)} ${width_seconds} ${valid}`,
        );
      const hours = ['00:00 3600 60', '01:00 3600 60', '02:00 3600 30'];
      for (const now of [T0, T0 + 3 * HOUR, T0 + 2 * DAY]) {
        await rollUpAll(database, now);
        assert.deepEqual(await windows(3_600_000), hours);
        assert.deepEqual(await windows(3_600_000, 2), hours.slice(0, 2));
        assert.deepEqual(await windows(DAY), ['00:00 86400 150']);
        assert.equal((await windows(MINUTE))?.length, 150);
        assert.deepEqual(await windows(MINUTE, 2), ['00:00 60 1', '00:01 60 1']);
      }
    }));
});
