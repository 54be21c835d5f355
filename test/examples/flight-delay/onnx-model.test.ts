import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel, runBatch } from '../../../examples/flight-delay/src/batch-run.ts';
import { trainBoostedTrees } from '../../../examples/flight-delay/src/boosted-trees.ts';
import { checkModel, MAX_DIFFERENCE } from '../../../examples/flight-delay/src/check-model.ts';
import { onnxModel } from '../../../examples/flight-delay/src/onnx-model.ts';
import { seededRandom } from '../../../examples/flight-delay/src/seeded-random.ts';
import { predictAll, type TreeEnsemble } from '../../../examples/flight-delay/src/tree-ensemble.ts';

const random = seededRandom(7);
const WIDTH = 3;
// Few distinct values, so that many rows lie exactly on a threshold.
const rows = Float32Array.from({ length: 12_000 * WIDTH }, () => Math.fround(Math.floor(random() * 200) / 10));
const labels = Uint8Array.from({ length: 12_000 }, (_, row) => (rows[row * WIDTH]! + random() * 20 > 22 ? 1 : 0));
const ensemble = trainBoostedTrees(['a', 'b', 'c'], rows, labels, { trees: 20, depth: 4 });

test('the ONNX runtime and our own arithmetic agree on 12 000 rows', async () => {
  const session = await openModel(onnxModel(ensemble, 'small'));
  const check = await checkModel(session, ensemble, rows);
  assert.equal(check.rows, 12_000);
  assert.ok(check.maxDifference < MAX_DIFFERENCE, `${check.maxDifference}`);
});

test('rows on a threshold, and one float32 above it, go the same way in both', async () => {
  const session = await openModel(onnxModel(ensemble, 'small'));
  const edges = ensemble.trees.flatMap((tree) =>
    [...tree.feature.keys()].flatMap((node) => {
      const column = tree.feature[node]!;
      const at = tree.threshold[node]!;
      const above = Math.fround(at + Math.abs(at) * 2 ** -23);
      return column < 0 ? [] : [at, above].map((x) => Array.from({ length: WIDTH }, (_, c) => (c === column ? x : 10)));
    }),
  );
  const check = await checkModel(session, ensemble, Float32Array.from(edges.flat()));
  assert.ok(check.rows > 200);
});

test('a missing value goes right in both', async () => {
  const session = await openModel(onnxModel(ensemble, 'small'));
  await checkModel(session, ensemble, Float32Array.of(Number.NaN, 3, Number.NaN, 5, Number.NaN, 1));
});

test('the model has one named input and two plain tensors as outputs', async () => {
  const session = await openModel(onnxModel(ensemble, 'small'));
  assert.deepEqual(
    session.inputMetadata.map((input) => ({ ...input })),
    [{ name: 'features', isTensor: true, type: 'float32', shape: ['rows', WIDTH] }],
  );
  assert.deepEqual(
    session.outputMetadata.map((output) => ({ ...output })),
    [
      { name: 'label', isTensor: true, type: 'int64', shape: ['rows'] },
      { name: 'probabilities', isTensor: true, type: 'float32', shape: ['rows', 2] },
    ],
  );
});

test('the label is the more likely class', async () => {
  const session = await openModel(onnxModel(ensemble, 'small'));
  const own = predictAll(ensemble, rows.subarray(0, 3000));
  const { labels: given } = await runBatch(session, rows.slice(0, 3000), WIDTH);
  assert.ok(given.includes(0n) && given.includes(1n));
  for (const [row, p] of own.entries()) if (Math.abs(p - 0.5) > 1e-5) assert.equal(given[row], p > 0.5 ? 1n : 0n);
});

test('a model whose weights all have one sign still answers probabilities', async () => {
  const oneSign = trainBoostedTrees(['a', 'b', 'c'], rows.subarray(0, 300), new Uint8Array(100).fill(1), { trees: 2 });
  const session = await openModel(onnxModel(oneSign, 'one-sign'));
  await checkModel(session, oneSign, rows.subarray(0, 3000));
});

test('metadata and the names of the features are in the file', () => {
  const file = new TextDecoder('latin1').decode(onnxModel(ensemble, 'small', { version: '17' }));
  assert.match(file, /features.{1,3}a,b,c/s);
  assert.match(file, /version.{1,3}17/s);
});

test('the check refuses a model that is not the one it is compared with', async () => {
  const other: TreeEnsemble = { ...ensemble, base: ensemble.base + 0.01 };
  const session = await openModel(onnxModel(other, 'other'));
  await assert.rejects(checkModel(session, ensemble, rows), /differ: by up to 0\.00/);
});
