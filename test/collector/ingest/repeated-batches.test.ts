import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownBatches } from '../../../collector/src/ingest/repeated-batches.ts';

const batch = (sequence: number, projectId = 1) => ({ projectId, source: 'a', sequence });

test('batches that were committed lately are known, up to the bound, those known longest going first', () => {
  const known = new KnownBatches(2);
  assert.equal(known.has(batch(1)), false);
  known.adopt([batch(1), batch(2)]);
  assert.deepEqual([known.has(batch(9)), known.has(batch(1))], [false, true]);
  assert.equal(known.has(batch(1, 2)), false, 'of another project');
  known.adopt([batch(3)]);
  assert.deepEqual(
    [1, 2, 3].map((sequence) => known.has(batch(sequence))),
    [false, true, true],
  );
});
