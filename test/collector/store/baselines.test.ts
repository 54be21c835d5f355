import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BASELINE_SIZE_RULE, SERIES_KINDS, Summary } from '@tidemark/sketch';
import type { BaselineSeries } from '../../../collector/src/baseline/baseline.ts';
import {
  findBaseline,
  listBaselines,
  loadBaseline,
  loadBaselineWindows,
} from '../../../collector/src/store/baselines.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { insertBaseline, type NewBaseline, pinBaseline } from '../../../collector/src/store/write-baseline.ts';
import { HOUR, PROJECT, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

describe('a stored baseline', () => {
  test('comes back with the sketches of every kind of series, under the size rule it was made with', () =>
    withDatabase(async (database) => {
      const values = {
        number: [1, 2.5, null],
        category: ['a', 'b', 'a'],
        vector: [[1, 2], Float32Array.of(3, 4), null],
        pair: [[1, 2], [3, 0.1], [7, 7], null],
      };
      const series = SERIES_KINDS.map((kind): BaselineSeries => {
        const summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
        for (const value of values[kind]) summary.add(value);
        return { stage: 'feature', field: kind, kind, summary, bins: { kind: 'category', keys: [] } };
      });
      const versionId = await ensureVersion(database, PROJECT, 'm', '1');
      await insertBaseline(database, { versionId, name: 'ref', source: 'memory', rows: 3, series });
      const row = await findBaseline(database, PROJECT, 'm', '1', 'ref');
      assert.ok(row);
      const loaded = await loadBaseline(database, row);
      for (const { field, kind, summary } of series) {
        const found = loaded.series.get(`feature/${field}`)?.summary;
        assert.ok(found?.kind === kind);
        assert.deepEqual({ ...found.kinds }, { ...summary.kinds });
        assert.deepEqual(found.digest.toBytes(), summary.digest.toBytes());
        assert.deepEqual(found.categories.entries(), summary.categories.entries());
        assert.deepEqual(found.pairs.toBytes(), summary.pairs.toBytes());
        assert.equal(found.projections.count, summary.projections.count);
        assert.equal(found.projections.norm.max, summary.projections.norm.max);
      }
      assert.deepEqual(loaded.series.get('feature/vector')?.summary.projections.sizeRule, BASELINE_SIZE_RULE);
    }));

  test('keeps its windows, its span and what was left out of it', () =>
    withDatabase(async (database) => {
      const windowsOf = (kind: 'number' | 'category') =>
        Array.from({ length: 600 }, (_, hour) => {
          const summary = new Summary(kind);
          for (const value of kind === 'number' ? [hour, null] : ['"all"', null]) summary.add(value);
          return { start: T0 + hour * HOUR, summary };
        });
      const series = (['number', 'category'] as const).map((kind) => ({
        stage: 'feature',
        field: kind,
        kind,
        summary: new Summary(kind, { sizeRule: BASELINE_SIZE_RULE }),
        bins: { kind: 'category', keys: [] } as const,
        windows: windowsOf(kind),
      }));
      const span = { from: T0, to: T0 + 600 * HOUR };
      const masks = [{ from: T0 + HOUR, to: T0 + 2 * HOUR }];
      const id = await insert(database, { series, span, masks, windowMs: HOUR });
      const [row] = await listBaselines(database, PROJECT, 'm');
      const { span_from, span_to, window_s, ...rest } = row!;
      assert.deepEqual([span_from, span_to, window_s], [span.from, span.to, 3600]);
      assert.deepEqual(rest.masks, [[T0 + HOUR, T0 + 2 * HOUR]]);
      const numbers = await loadBaselineWindows(database, id!, 'feature', 'number');
      assert.deepEqual(
        numbers.map(({ start, summary }) => [start, summary.moments.mean, summary.kinds.missing]),
        Array.from({ length: 600 }, (_, hour) => [T0 + hour * HOUR, hour, 1]),
      );
      assert.equal((await loadBaselineWindows(database, id!, 'feature', 'number', HOUR)).length, 600);
      assert.deepEqual(await loadBaselineWindows(database, id!, 'feature', 'number', 2 * HOUR), []);
      const categories = await loadBaselineWindows(database, id!, 'feature', 'category');
      assert.ok(
        categories.length === 600 && categories.every(({ summary }) => summary.categories.count('"all"') === 1),
      );
      assert.deepEqual(await loadBaselineWindows(database, id!, 'feature', 'absent'), []);
    }));
});

describe('revisions of a baseline', () => {
  test('are made on request only, never changed, and the newest is in use unless one is pinned', () =>
    withDatabase(async (database) => {
      const first = await insert(database, {});
      assert.equal(await insert(database, {}), null, 'never by accident');
      const second = await insert(database, { revise: true });
      const third = await insert(database, { revise: true });
      const other = await insert(database, { name: 'other', revise: true });
      const inUse = async () => (await findBaseline(database, PROJECT, 'm', '1', 'ref'))?.id;
      assert.equal(await inUse(), third);
      const { versionId } = await versionOf(database);
      assert.equal(await pinBaseline(database, versionId, 'ref', 1), true);
      assert.equal(await inUse(), first);
      assert.equal(await pinBaseline(database, versionId, 'ref', 2), true);
      assert.equal(await inUse(), second);
      assert.equal(await pinBaseline(database, versionId, 'ref', 4), false);
      assert.equal(await pinBaseline(database, versionId, 'absent', null), false);
      assert.equal(await inUse(), second, 'a pin on nothing changes nothing');
      await insert(database, { revise: true });
      assert.equal(await inUse(), second, 'a pin holds whatever comes after');
      const rows = await listBaselines(database, PROJECT, 'm');
      assert.deepEqual(
        rows.map(({ name, revision, pinned, in_use }) => [name, revision, pinned, in_use]),
        [
          ['ref', 4, false, false],
          ['other', 1, false, true],
          ['ref', 3, false, false],
          ['ref', 2, true, true],
          ['ref', 1, false, false],
        ],
      );
      assert.equal(rows[1]?.id, other);
      assert.equal(await pinBaseline(database, versionId, 'ref', null), true);
      assert.equal(await inUse(), rows[0]?.id);
    }));

  test('of the asked version go before those of others, and of others the newest version counts', () =>
    withDatabase(async (database) => {
      const one = await insert(database, { version: '1' });
      const two = await insert(database, { version: '2' });
      await insert(database, { version: '1', revise: true });
      const found = async (version: string) => (await findBaseline(database, PROJECT, 'm', version, 'ref'))?.id;
      assert.equal(await found('3'), two);
      assert.equal(await found('2'), two);
      assert.notEqual(await found('1'), one);
    }));
});

async function versionOf(database: Database, version = '1') {
  return { versionId: await ensureVersion(database, PROJECT, 'm', version) };
}

async function insert(
  database: Database,
  { version, ...baseline }: Partial<NewBaseline> & { version?: string },
): Promise<number | null> {
  const named = { name: 'ref', source: 'memory', rows: 3, series: [], ...(await versionOf(database, version)) };
  return insertBaseline(database, { ...named, ...baseline });
}
