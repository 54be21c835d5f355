/**
 * Centroids ascending by mean, as parallel arrays of which the first `length` entries count.
 *
 * Kept true by every writer: means are finite; an atom (all its values are identical) comes after every plain centroid
 * of the same mean, and there is one atom per value; a weight of 1 is an atom; the first and the last are atoms, so
 * that minimum and maximum are exact.
 */
export type CentroidList = {
  mean: Float64Array;
  weight: Float64Array;
  /** 1 for an atom, 0 for a plain centroid. */
  atom: Uint8Array;
  length: number;
};

/** An empty list with room for `capacity` centroids. */
export function centroidList(capacity: number): CentroidList {
  return {
    mean: new Float64Array(capacity),
    weight: new Float64Array(capacity),
    atom: new Uint8Array(capacity),
    length: 0,
  };
}

/** Copies `from` over `to`, giving it more room (a power of two) where it has too little. */
export function copyCentroids(from: CentroidList, to: CentroidList): void {
  const n = from.length;
  if (to.mean.length < n) {
    const capacity = Math.max(16, 2 ** Math.ceil(Math.log2(n)));
    to.mean = new Float64Array(capacity);
    to.weight = new Float64Array(capacity);
    to.atom = new Uint8Array(capacity);
  }
  to.mean.set(from.mean.subarray(0, n));
  to.weight.set(from.weight.subarray(0, n));
  to.atom.set(from.atom.subarray(0, n));
  to.length = n;
}
