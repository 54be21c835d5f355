import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainBoostedTrees } from '../../../examples/flight-delay/src/boosted-trees.ts';
import { scoreProbabilities } from '../../../examples/flight-delay/src/score.ts';
import { seededRandom } from '../../../examples/flight-delay/src/seeded-random.ts';
import { logistic, predictAll } from '../../../examples/flight-delay/src/tree-ensemble.ts';

/** Rows of two telling features and one of noise, with labels drawn from a known probability. */
function sample(count: number, seed: number) {
  const random = seededRandom(seed);
  const rows = Float32Array.from({ length: count * 3 }, () => Math.fround(random() * 10));
  const truth = Float64Array.from({ length: count }, (_, row) =>
    logistic(rows[row * 3]! > 6 ? 1.5 : -2 + (rows[row * 3 + 1]! < 3 ? 2 : 0)),
  );
  const labels = Uint8Array.from(truth, (p) => (random() < p ? 1 : 0));
  return { rows, truth, labels };
}

const train = sample(20_000, 1);
const model = trainBoostedTrees(['step', 'interaction', 'noise'], train.rows, train.labels, { trees: 30, depth: 3 });

test('learns probabilities that hold on rows it has not seen', () => {
  const fresh = sample(10_000, 2);
  const own = scoreProbabilities(predictAll(model, fresh.rows), fresh.labels);
  const best = scoreProbabilities(fresh.truth, fresh.labels);
  // Cuts lie at quantiles of the rows, not at the true steps, so a little is lost for good.
  assert.ok(own.logLoss < best.logLoss + 0.01, `log loss ${own.logLoss}, of the truth ${best.logLoss}`);
  assert.ok(own.auc > best.auc - 0.01, `AUC ${own.auc}, of the truth ${best.auc}`);
});

test('splits on what tells, not on noise', () => {
  const uses = [0, 0, 0];
  for (const tree of model.trees.slice(0, 10))
    for (const feature of tree.feature) if (feature >= 0) uses[feature]! += 1;
  assert.ok(uses[0]! > 0 && uses[1]! > 0);
  assert.ok(model.trees[0]!.feature[0] === 0, 'the strongest feature comes first');
});

test('the same rows and seed give the same model, another seed another one', () => {
  const again = trainBoostedTrees(['step', 'interaction', 'noise'], train.rows, train.labels, { trees: 3, depth: 3 });
  assert.deepEqual(again.trees, model.trees.slice(0, 3));
  const other = trainBoostedTrees(['step', 'interaction', 'noise'], train.rows, train.labels, {
    trees: 3,
    depth: 3,
    seed: 9,
  });
  assert.notDeepEqual(other.trees, again.trees);
});

test('labels that are all the same give a model that says so and has nothing to split', () => {
  const rows = Float32Array.from({ length: 300 }, (_, i) => i);
  const same = trainBoostedTrees(['only'], rows, new Uint8Array(300), { trees: 2 });
  assert.ok(predictAll(same, rows).every((p) => p < 0.01));
});

test('AUC counts ties as half and log loss knows the base rate', () => {
  const score = scoreProbabilities(Float64Array.of(0.5, 0.5, 0.5, 0.5), Uint8Array.of(0, 1, 0, 1));
  assert.equal(score.auc, 0.5);
  assert.ok(Math.abs(score.logLoss - Math.LN2) < 1e-12 && Math.abs(score.baseLogLoss - Math.LN2) < 1e-12);
  assert.equal(scoreProbabilities(Float64Array.of(0.1, 0.9, 0.4, 0.6), Uint8Array.of(0, 1, 1, 0)).auc, 0.75);
});
