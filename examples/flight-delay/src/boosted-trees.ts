import { binFeatures } from './feature-bins.ts';
import { type GrowingSettings, type GrowingState, type GrownTree, growTree } from './grow-tree.ts';
import { seededRandom } from './seeded-random.ts';
import { logistic, type Tree, type TreeEnsemble } from './tree-ensemble.ts';

/** How a model is trained; the defaults suit some hundred thousand rows and under ten features. */
export type BoostingOptions = Partial<GrowingSettings> & {
  readonly trees?: number;
  /** Share of the rows that each tree sees (stochastic gradient boosting, Friedman 2002). */
  readonly rowShare?: number;
  readonly seed?: number;
};

const DEFAULTS: Required<BoostingOptions> = {
  trees: 50,
  depth: 5,
  learningRate: 0.15,
  bins: 64,
  rowShare: 0.5,
  minWeight: 20,
  penalty: 1,
  seed: 20010101,
};

/**
 * Gradient-boosted trees with logistic loss and second-order leaf values, splits found on histograms (Chen and Guestrin, "XGBoost", KDD 2016, §2 and §3).
 * `rows` is a row-major float32 matrix, `labels` holds 0 or 1 for each row. The same input and seed give the same model.
 */
export function trainBoostedTrees(
  features: readonly string[],
  rows: Float32Array,
  labels: Uint8Array,
  options: BoostingOptions = {},
): TreeEnsemble {
  const settings = { ...DEFAULTS, ...options };
  const random = seededRandom(settings.seed);
  const binned = binFeatures(rows, features.length, settings.bins);
  const count = labels.length;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const rate = Math.min(Math.max(positives / count, 1e-6), 1 - 1e-6);
  const base = Math.fround(Math.log(rate / (1 - rate)));
  const scores = new Float64Array(count).fill(base);
  const state: GrowingState = {
    settings,
    binned,
    width: features.length,
    gradient: new Float64Array(count),
    curvature: new Float64Array(count),
    node: new Uint8Array(count),
    sample: new Uint32Array(count),
    sampled: 0,
  };
  const trees: Tree[] = [];
  for (let round = 0; round < settings.trees; round += 1) {
    state.sampled = 0;
    for (let row = 0; row < count; row += 1) {
      if (random() >= settings.rowShare) continue;
      const p = logistic(scores[row]!);
      state.gradient[row] = p - labels[row]!;
      state.curvature[row] = p * (1 - p);
      state.node[row] = 0;
      state.sample[state.sampled] = row;
      state.sampled += 1;
    }
    const grown = growTree(state);
    trees.push(grown.tree);
    addToScores(grown, binned.codes, features.length, scores);
  }
  return { features: [...features], base, trees };
}

function addToScores(grown: GrownTree, codes: Uint8Array, width: number, scores: Float64Array): void {
  const { feature, left, right, value } = grown.tree;
  for (let row = 0; row < scores.length; row += 1) {
    const at = row * width;
    let node = 0;
    while (feature[node]! >= 0) {
      node = codes[at + feature[node]!]! <= grown.lastLeftBin[node]! ? left[node]! : right[node]!;
    }
    scores[row]! += value[node]!;
  }
}
