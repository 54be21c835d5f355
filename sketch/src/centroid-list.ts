/**
 * Centroids ascending by mean, as a row of pairs (mean, weight) of which the first `length` count; the weight is negative
 * for an atom, a centroid whose values are all identical.
 *
 * Kept true by every writer: means are finite; an atom comes after every plain centroid of the same mean, and there is
 * one atom per value; a weight of 1 is an atom; the first and the last are atoms, so that minimum and maximum are exact.
 */
export type CentroidList = { pairs: Float64Array; length: number };

const NO_ROOM = new Float64Array(0);

/** An empty list with room for `capacity` centroids. */
export function centroidList(capacity: number): CentroidList {
  return { pairs: capacity === 0 ? NO_ROOM : new Float64Array(2 * capacity), length: 0 };
}

/** The mean of centroid `i`. */
export function meanOf(list: CentroidList, i: number): number {
  return list.pairs[2 * i] as number;
}

/** The weight of centroid `i`, positive. */
export function weightOf(list: CentroidList, i: number): number {
  return Math.abs(list.pairs[2 * i + 1] as number);
}

/** Whether all values of centroid `i` are identical. */
export function isAtom(list: CentroidList, i: number): boolean {
  return (list.pairs[2 * i + 1] as number) < 0;
}

/** Puts centroid `i` in its place. */
export function setCentroid(list: CentroidList, i: number, mean: number, weight: number, atom: boolean): void {
  list.pairs[2 * i] = mean;
  list.pairs[2 * i + 1] = atom ? -weight : weight;
}

/** Makes the first `length` of `pairs` the contents of `list`, giving it more room (a power of two) where it has too little. */
export function takePairs(list: CentroidList, pairs: Float64Array, length: number): void {
  if (list.pairs.length < 2 * length)
    list.pairs = new Float64Array(Math.max(32, 2 ** Math.ceil(Math.log2(2 * length))));
  list.pairs.set(pairs.length === 2 * length ? pairs : pairs.subarray(0, 2 * length));
  list.length = length;
}

/** Puts the contents of `list` into `pairs`, which has room for MAX_CENTROIDS. */
export function putPairs({ pairs: own, length }: CentroidList, pairs: Float64Array): void {
  pairs.set(own.length === 2 * length ? own : own.subarray(0, 2 * length));
}

/** Whether every centroid stands for one value only. */
export function isAllAtoms(list: CentroidList): boolean {
  for (let i = 0; i < list.length; i++) if (!isAtom(list, i)) return false;
  return true;
}

/** Copies of the centroids, ascending by mean; `atom` is 1 where all values of the centroid are identical. */
export function columnsOf(list: CentroidList): { mean: Float64Array; weight: Float64Array; atom: Uint8Array } {
  const { length } = list;
  return {
    mean: Float64Array.from({ length }, (_, i) => meanOf(list, i)),
    weight: Float64Array.from({ length }, (_, i) => weightOf(list, i)),
    atom: Uint8Array.from({ length }, (_, i) => (isAtom(list, i) ? 1 : 0)),
  };
}
