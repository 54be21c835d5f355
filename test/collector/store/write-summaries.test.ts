import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { SummaryPart } from '../../../collector/src/ingest/ingest-store.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database, Queryable, SqlValue } from '../../../collector/src/store/database.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { isPackedRows, type PackedRows } from '../../../collector/src/store/packed-rows.ts';
import { ensureSeries } from '../../../collector/src/store/series.ts';
import { writeSummaries } from '../../../collector/src/store/write-summaries.ts';
import { SERIES_KINDS, Summary } from '../../../sketch/src/index.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const MANY = 100;

/** Parts of a series of each kind, in `count` windows of an hour and as many of a minute. */
async function makeParts(database: Database, count: number, rev: number): Promise<SummaryPart[]> {
  const versionId = await ensureVersion(database, 1, 'm', '1');
  const kinds = SERIES_KINDS;
  const series = await ensureSeries(
    database,
    kinds.map((kind) => ({ versionId, stage: 'feature', field: `a "${kind}"`, slice: '', kind })),
  );
  return Array.from({ length: count }, (_, i): SummaryPart => {
    const { id: seriesId, kind } = series[i % series.length]!;
    const summary = new Summary(kind);
    // Every seventh holds nothing but missing values: neither sketch nor quantiles.
    for (let n = 0; n < 20; n++) summary.add(i % 7 === 0 ? null : oneOf(kind, n * i));
    return { versionId, seriesId, widthMs: i % 2 === 0 ? HOUR : 60_000, start: T0 + i * HOUR, rev, summary };
  });
}

function oneOf(kind: Summary['kind'], n: number): unknown {
  if (kind === 'number') return n / 3;
  if (kind === 'pair') return [n, -n / 3];
  return kind === 'category' ? `key "${n % 5}\\ \u0000 é` : [n, 1, -n];
}

/** Every row, but which part it is of. */
async function stored(database: Database, part: number): Promise<object[]> {
  const of = (table: string) => `select to_jsonb(r) - 'part' as row from ${table} r where part = ${part}`;
  const rows = await database.query(`${of('summary_1h')} union all ${of('summary_1m')} order by 1`);
  return rows;
}

describe('writing summaries', () => {
  test('stores the same rows whether they come few or many at a time', () =>
    withDatabase(async (database) => {
      const [few, many] = [
        await registerCollector(database, randomUUID(), 'a'),
        await registerCollector(database, randomUUID(), 'b'),
      ];
      const parts = await makeParts(database, MANY, 3);
      for (const part of parts) await database.transaction((tx) => writeSummaries(tx, few, [part]));
      await database.transaction((tx) => writeSummaries(tx, many, parts));
      const rows = await stored(database, many);
      assert.equal(rows.length, MANY);
      assert.deepEqual(rows, await stored(database, few));
    }));

  test('replaces many rows by a newer rev, and none of them by an older one', () =>
    withDatabase(async (database) => {
      const part = await registerCollector(database, randomUUID(), 'a');
      const [old, current] = [await makeParts(database, MANY, 1), await makeParts(database, MANY, 2)];
      await database.transaction((tx) => writeSummaries(tx, part, old));
      await database.transaction((tx) => writeSummaries(tx, part, current));
      const rows = await stored(database, part);
      assert.deepEqual([...new Set(rows.map((row) => (row as { row: { rev: number } }).row.rev))], [2]);
      // One that is older among many new ones is enough.
      const mixed = [...(await makeParts(database, MANY - 1, 3)), { ...current[MANY - 1]!, rev: 1 }];
      await assert.rejects(
        database.transaction((tx) => writeSummaries(tx, part, mixed)),
        /1 parts changed in the store/,
      );
      assert.deepEqual(await stored(database, part), rows);
    }));

  test('writes what takes several slices whole or not at all', () =>
    withDatabase(async (database) => {
      const part = await registerCollector(database, randomUUID(), 'a');
      // Half of them are hours: three slices of those and three of minutes.
      const parts = await makeParts(database, 2 * 1_100, 1);
      await database.transaction((tx) => writeSummaries(tx, part, parts));
      const rows = await stored(database, part);
      assert.equal(rows.length, parts.length);
      // The first row of the first slice is not the next of what is stored; what comes after it is.
      const next = parts.map((one, i) => ({ ...one, rev: i === 0 ? 1 : 2 }));
      await assert.rejects(
        database.transaction((tx) => writeSummaries(tx, part, next)),
        /1 parts changed in the store/,
      );
      assert.deepEqual(await stored(database, part), rows);
      // A value that the server refuses ends the transaction while later slices are still being packed.
      const refused = next.map((one, i) => ({ ...one, rev: 2, seriesId: i === 0 ? 2 ** 31 - 1 : one.seriesId }));
      await assert.rejects(
        database.transaction((tx) => writeSummaries(tx, part, refused)),
        /foreign key|aborted/,
      );
      assert.deepEqual(await stored(database, part), rows);
    }));

  test('keeps few statements on their way to a slow store, and none of them large, whatever the rows', async () => {
    const summary = new Summary('category');
    for (let i = 0; i < 256; i++) summary.add(`${i} ${'x'.repeat(50)}`);
    const parts = Array.from({ length: 1_000 }, (_, i) => {
      return { versionId: 1, seriesId: i, widthMs: 60_000, start: T0, rev: 1, summary };
    });
    const sizes: number[] = [];
    let [underWay, most, rows] = [0, 0, 0];
    const slow: Queryable = {
      query: async <Row extends object>(_: string, values: readonly SqlValue[] = []) => {
        const { bytes } = values.find(isPackedRows) as PackedRows;
        const count = Buffer.from(bytes.buffer, bytes.byteOffset).readInt32BE(12);
        sizes.push(bytes.length);
        rows += count;
        underWay += 1;
        most = Math.max(most, underWay);
        for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return [{ written: count }] as unknown as Row[];
      },
    };
    await writeSummaries(slow, 1, parts);
    assert.equal(rows, parts.length);
    assert.ok(sizes.length > 4 && most <= 4, `${sizes.length} statements, ${most} at once`);
    assert.ok(Math.max(...sizes) < 2 ** 21 + 100_000, `${Math.max(...sizes)} bytes`);
  });
});
