/** Features cut into at most 256 ranges each, so that a split is searched over counts instead of values. */
export type FeatureBins = {
  /** Ascending float32 cuts of each feature; bin `b` holds the values in (cuts[b - 1], cuts[b]]. */
  readonly cuts: readonly Float32Array[];
  /** Row-major bin numbers, one byte each. */
  readonly codes: Uint8Array;
};

/** Cuts every column of a row-major float32 matrix at the quantiles of an evenly spaced sample of its rows. */
export function binFeatures(rows: Float32Array, width: number, maxBins: number): FeatureBins {
  const count = rows.length / width;
  const cuts = Array.from({ length: width }, (_, column) => cutsOf(rows, width, column, maxBins));
  const codes = new Uint8Array(count * width);
  for (let column = 0; column < width; column += 1) {
    const edges = cuts[column]!;
    for (let at = column; at < rows.length; at += width) codes[at] = binOf(edges, rows[at]!);
  }
  return { cuts, codes };
}

const SAMPLE = 50_000;

function cutsOf(rows: Float32Array, width: number, column: number, maxBins: number): Float32Array {
  const count = rows.length / width;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const sample = new Float32Array(Math.ceil(count / step));
  for (let i = 0; i < sample.length; i += 1) sample[i] = rows[i * step * width + column]!;
  sample.sort();
  const cuts: number[] = [];
  for (let bin = 1; bin < maxBins; bin += 1) {
    const at = Math.floor((bin * sample.length) / maxBins);
    const below = sample[at - 1]!;
    const above = sample[at]!;
    // Only where the sample really changes: a cut between equal values would split nothing. fround keeps the cut exactly what ONNX stores.
    const cut = above > below ? Math.fround((below + above) / 2) : below;
    if (cut < sample[sample.length - 1]! && cut > (cuts.at(-1) ?? Number.NEGATIVE_INFINITY)) cuts.push(cut);
  }
  return Float32Array.from(cuts);
}

/** The first bin whose cut is not below the value; the last bin for NaN, which ONNX sends right as well. */
function binOf(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
