import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { PairMoments } from '@tidemark/sketch';
import fc from 'fast-check';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { rollUpOne } from '../../../collector/src/store/roll-up.ts';
import { makeBatch, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
type Pair = readonly [number, number];

function momentsOf(pairs: readonly Pair[]): PairMoments {
  const moments = new PairMoments();
  for (const [x, y] of pairs) moments.add(x, y);
  return moments;
}

const near = (found: number | null | undefined, expected: number): void =>
  assert.ok(typeof found === 'number' && Math.abs(found - expected) < 1e-9, `${found} against ${expected}`);

describe('pairs in the store', () => {
  test('are rolled up without loss, and told by name, by the span and in SQL', () =>
    withDatabase(async (database) => {
      const part = await registerCollector(database, randomUUID(), 'test');
      const ingest = new Ingest(createIngestStore(database, part), () => undefined);
      const all: Pair[] = [];
      const windows = Array.from({ length: 48 }, (_, i) => {
        const values = Array.from({ length: 9 }, (_, j): Pair => [i + (j % 3), 2 * i - (j % 4)]);
        all.push(...values);
        const start = T0 + i * 30 * MINUTE;
        const series = [{ stage: 'step:pair', field: 'x~y', kind: 'pair' as const, values: [...values, [null, 1]] }];
        return { start, widthMs: MINUTE, series };
      });
      // In two parts of each window, as of two agents.
      for (const source of [newSource(), newSource()]) await ingest.take(received(makeBatch(source, 1, windows)));
      while (await database.session((session) => rollUpOne(session, T0 + 2 * DAY, () => undefined)));
      const expected = momentsOf(all).correlation;
      for (const widest of [60, 3_600, 86_400]) {
        const [row] = await database.query<{ correlation: number; pairs: number; missing: number }>(
          `select tidemark_correlation(moments) as correlation, sum(n_valid)::int8 as pairs, sum(n_missing)::int8 as missing
           from summary_pieces(array[1], $1, $2, $3::int)`,
          [new Date(T0), new Date(T0 + DAY), widest],
        );
        near(row?.correlation, expected);
        assert.deepEqual([row?.pairs, row?.missing], [2 * all.length, 96]);
      }
      const days = await database.query<{ correlation: number }>(
        'select tidemark_correlation(moments) as correlation from summary_1d where series_id = 1',
      );
      assert.equal(days.length, 1);
      near(days[0]?.correlation, expected);
      const reader = createApiReader(database, PROJECT);
      const span = await reader.span(1, { from: T0, to: T0 + DAY });
      near(span?.correlation, expected);
    }));

  test('say the same in SQL as in Node, however they are parted', () =>
    withDatabase(async (database) => {
      const number = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
      const lists = fc.array(fc.array(fc.tuple(number, number), { maxLength: 8 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(lists, async (parts) => {
          const moments = parts.map(momentsOf);
          const merged = new PairMoments();
          for (const one of moments) merged.merge(one);
          const hex = moments.map((one) => Buffer.from(one.toBytes()).toString('hex'));
          const [row] = await database.query<{ found: number | null; rows: number | null }>(
            `select tidemark_correlation(array(select decode(h, 'hex') from unnest($1::text::text[]) h)) as found,
               (select tidemark_correlation(decode(h, 'hex')) from unnest($1::text::text[]) h) as rows`,
            [`{${hex.join(',')}}`],
          );
          assert.equal(row?.found, row?.rows);
          if (Number.isNaN(merged.correlation)) assert.equal(row?.found, null);
          else near(row?.found, merged.correlation);
        }),
        { numRuns: 60 },
      );
    }));

  test('neither overflow nor underflow in SQL', () =>
    withDatabase(async (database) => {
      const extremes = [5e-324, -5e-324, 1e-200, 1, 1e200, 1.7e308, -1.7e308];
      const parts = extremes.flatMap((x) => extremes.map((y) => momentsOf([[x, y], [y, -x]]))); // biome-ignore format: one line
      for (const together of [parts, parts.toReversed(), ...parts.map((one) => [one])]) {
        const hex = together.map((one) => Buffer.from(one.toBytes()).toString('hex'));
        const [row] = await database.query<{ found: number | null }>(
          "select tidemark_correlation(array(select decode(h, 'hex') from unnest($1::text::text[]) h)) as found",
          [`{${hex.join(',')}}`],
        );
        assert.ok(row?.found === null || Math.abs(row?.found ?? 9) <= 1);
      }
    }));

  test('that are damaged are refused in SQL', () =>
    withDatabase(async (database) => {
      const bytes = Buffer.from(momentsOf([[1, 2]]).toBytes());
      for (const damaged of [bytes.subarray(1), Buffer.concat([Buffer.of(9), bytes.subarray(1)]), Buffer.alloc(0)])
        await assert.rejects(
          database.query("select tidemark_correlation(decode($1, 'hex'))", [damaged.toString('hex')]),
          /pair moments: expected 49 bytes of version 1/,
        );
    }));
});
