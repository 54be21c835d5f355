/**
 * One binary decision tree as parallel columns; node 0 is the root. `feature[node]` is -1 at a leaf, whose `value` is added to the log-odds.
 * At a branch a row goes left when `features[feature] <= threshold`, both float32; NaN goes right.
 */
export type Tree = {
  readonly feature: Int16Array;
  readonly threshold: Float32Array;
  readonly left: Uint16Array;
  readonly right: Uint16Array;
  readonly value: Float32Array;
};

/** A sum of trees that gives the log-odds of one event. */
export type TreeEnsemble = {
  /** Names of the features, in the order of the columns. */
  readonly features: readonly string[];
  /** Log-odds before any tree has spoken. */
  readonly base: number;
  readonly trees: readonly Tree[];
};

/** Probability from log-odds. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Log-odds of the row of float32 features that starts at `offset` of a row-major matrix. */
export function logOddsOf(ensemble: TreeEnsemble, rows: Float32Array, offset = 0): number {
  let sum = ensemble.base;
  for (const tree of ensemble.trees) sum += tree.value[leafOf(tree, rows, offset)]!;
  return sum;
}

/** Probabilities of all rows of a row-major float32 matrix. */
export function predictAll(ensemble: TreeEnsemble, rows: Float32Array): Float64Array {
  const width = ensemble.features.length;
  const result = new Float64Array(rows.length / width);
  for (let row = 0; row < result.length; row += 1) result[row] = logistic(logOddsOf(ensemble, rows, row * width));
  return result;
}

function leafOf(tree: Tree, rows: Float32Array, offset: number): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  while (feature[node]! >= 0) node = rows[offset + feature[node]!]! <= threshold[node]! ? left[node]! : right[node]!;
  return node;
}
