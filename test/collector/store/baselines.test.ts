import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import type { BaselineSeries } from '../../../collector/src/baseline/baseline.ts';
import { findBaseline, insertBaseline, loadBaseline } from '../../../collector/src/store/baselines.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { PROJECT } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

describe('a stored baseline', () => {
  test('comes back with the sketches of every kind of series, under the size rule it was made with', () =>
    withDatabase(async (database) => {
      const values = {
        number: [1, 2.5, null],
        category: ['a', 'b', 'a'],
        vector: [[1, 2], Float32Array.of(3, 4), null],
      };
      const series = (['number', 'category', 'vector'] as const).map((kind): BaselineSeries => {
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
        assert.equal(found.projections.count, summary.projections.count);
        assert.equal(found.projections.norm.max, summary.projections.norm.max);
      }
      assert.deepEqual(loaded.series.get('feature/vector')?.summary.projections.sizeRule, BASELINE_SIZE_RULE);
    }));
});
