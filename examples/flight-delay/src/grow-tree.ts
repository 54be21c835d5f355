import type { FeatureBins } from './feature-bins.ts';
import type { Tree } from './tree-ensemble.ts';

/** What bounds the growth of a tree. */
export type GrowingSettings = {
  readonly depth: number;
  /** Share of the tree's answer that is kept. */
  readonly learningRate: number;
  /** Ranges a feature is cut into, at most 256. */
  readonly bins: number;
  /** Least sum of second derivatives in a leaf: p(1-p) summed over its rows. */
  readonly minWeight: number;
  /** L2 penalty on leaf values. */
  readonly penalty: number;
};

/** The rows a tree grows on, and where they stand. */
export type GrowingState = {
  readonly settings: GrowingSettings;
  readonly binned: FeatureBins;
  readonly width: number;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  /** Where each sampled row stands: number of the open node in the present level. */
  readonly node: Uint8Array;
  /** Rows the present tree sees: the first `sampled` entries. */
  readonly sample: Uint32Array;
  sampled: number;
};

/** A tree and, for each branch, the last bin that goes left. */
export type GrownTree = { readonly tree: Tree; readonly lastLeftBin: Uint8Array };

type Split = { readonly feature: number; readonly bin: number };

const CLOSED = 255;

/** Grows one tree level by level over the sampled rows. */
export function growTree(state: GrowingState): GrownTree {
  const { settings, binned } = state;
  const most = 2 ** (settings.depth + 1) - 1;
  const feature = new Int16Array(most).fill(-1);
  const threshold = new Float32Array(most);
  const left = new Uint16Array(most);
  const right = new Uint16Array(most);
  const value = new Float32Array(most);
  const lastLeftBin = new Uint8Array(most);
  let size = 1;
  let open = [0];
  for (let level = 0; open.length > 0; level += 1) {
    const sums = histogram(state, open.length);
    const next: number[] = [];
    const splits = open.map((node, slot): Split | null => {
      const split = level < settings.depth ? bestSplit(state, sums, slot) : null;
      if (split === null) {
        value[node] = leafValue(state, sums, slot);
        return null;
      }
      feature[node] = split.feature;
      threshold[node] = binned.cuts[split.feature]![split.bin]!;
      lastLeftBin[node] = split.bin;
      left[node] = size;
      right[node] = size + 1;
      next.push(size, size + 1);
      size += 2;
      return split;
    });
    descend(state, splits);
    open = next;
  }
  const tree: Tree = {
    feature: feature.slice(0, size),
    threshold: threshold.slice(0, size),
    left: left.slice(0, size),
    right: right.slice(0, size),
    value: value.slice(0, size),
  };
  return { tree, lastLeftBin };
}

/** Sums of gradient and curvature by [open node][feature][bin], interleaved. */
function histogram(state: GrowingState, nodes: number): Float64Array {
  const { width, binned, gradient, curvature, node, sample, sampled, settings } = state;
  const bins = settings.bins;
  const sums = new Float64Array(nodes * width * bins * 2);
  const codes = binned.codes;
  for (let i = 0; i < sampled; i += 1) {
    const row = sample[i]!;
    if (node[row] === CLOSED) continue;
    const g = gradient[row]!;
    const h = curvature[row]!;
    let start = node[row]! * width * bins * 2;
    const at = row * width;
    for (let column = 0; column < width; column += 1) {
      const cell = start + codes[at + column]! * 2;
      sums[cell]! += g;
      sums[cell + 1]! += h;
      start += bins * 2;
    }
  }
  return sums;
}

function totals(state: GrowingState, sums: Float64Array, slot: number): { g: number; h: number } {
  const bins = state.settings.bins;
  const start = slot * state.width * bins * 2;
  let g = 0;
  let h = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    g += sums[start + bin * 2]!;
    h += sums[start + bin * 2 + 1]!;
  }
  return { g, h };
}

/** The Newton step of the leaf, shrunk. */
function leafValue(state: GrowingState, sums: Float64Array, slot: number): number {
  const { g, h } = totals(state, sums, slot);
  return Math.fround((-g / (h + state.settings.penalty)) * state.settings.learningRate);
}

function bestSplit(state: GrowingState, sums: Float64Array, slot: number): Split | null {
  const { width, binned, settings } = state;
  const { bins, minWeight, penalty } = settings;
  const whole = totals(state, sums, slot);
  let best: Split | null = null;
  let bestGain = (whole.g * whole.g) / (whole.h + penalty) + 1e-6;
  for (let feature = 0; feature < width; feature += 1) {
    const start = (slot * width + feature) * bins * 2;
    let g = 0;
    let h = 0;
    for (let bin = 0; bin < binned.cuts[feature]!.length; bin += 1) {
      g += sums[start + bin * 2]!;
      h += sums[start + bin * 2 + 1]!;
      const restG = whole.g - g;
      const restH = whole.h - h;
      if (h < minWeight || restH < minWeight) continue;
      const gain = (g * g) / (h + penalty) + (restG * restG) / (restH + penalty);
      if (gain > bestGain) {
        bestGain = gain;
        best = { feature, bin };
      }
    }
  }
  return best;
}

/** Moves the sampled rows to the open nodes of the next level, which are numbered in the order of their parents. */
function descend(state: GrowingState, splits: readonly (Split | null)[]): void {
  const { width, binned, node, sample, sampled } = state;
  let next = 0;
  const firstChild = splits.map((split) => {
    const slot = next;
    if (split !== null) next += 2;
    return slot;
  });
  for (let i = 0; i < sampled; i += 1) {
    const row = sample[i]!;
    const slot = node[row]!;
    if (slot === CLOSED) continue;
    const split = splits[slot]!;
    if (split === null) node[row] = CLOSED;
    else node[row] = firstChild[slot]! + (binned.codes[row * width + split.feature]! <= split.bin ? 0 : 1);
  }
}
