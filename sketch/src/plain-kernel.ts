import { centreOfPairs } from './centre.ts';
import type { Kernel } from './kernel.ts';
import { atomsOfChunk, clusterChunk } from './plain-cluster.ts';
import { momentsOfPending } from './plain-moments.ts';
import {
  CHUNK,
  EDGE_REACH,
  EDGE_SHARE,
  GAP_REACH,
  GAP_SHARE,
  heavyAtom,
  LEAST_HEAVY,
  largestCentroid,
  MAX_CENTROIDS,
  MAX_EDGES,
  NEW_ATOM_SHARE,
  SPIKE_SHARE,
} from './size-rule.ts';

/**
 * The kernel in plain JavaScript, for hosts that forbid WebAssembly: the same result to the last bit (a test holds them
 * together), twelve times slower. It mirrors `kernel/*.ts`, where the steps are explained.
 */
export function plainKernel(): Kernel {
  const pending = new Float64Array(CHUNK);
  const kept = new Float64Array(2 * MAX_CENTROIDS);
  const incoming = new Float64Array(2 * (CHUNK + 1));
  const joined = new Float64Array(2 * (MAX_CENTROIDS + CHUNK + 1));

  const merge: Kernel['merge'] = (keptLength, incomingLength, total, weight, middle, tail, most) => {
    const length = interleave(kept.subarray(0, 2 * keptLength), incoming.subarray(0, 2 * incomingLength), joined);
    const list = joined.subarray(0, 2 * length);
    if (length > most || !areAtoms(list)) {
      const ours = kept.subarray(0, 2 * keptLength);
      const theirs = incoming.subarray(0, 2 * incomingLength);
      return fold(list, kept, total, middle, tail, heavyValues(ours, theirs, total - weight, weight, middle));
    }
    kept.set(list);
    return length;
  };

  const compress: Kernel['compress'] = (n, keptLength, total, middle, tail, most) => {
    const list = kept.subarray(0, 2 * keptLength);
    const spike = spikeOf(list, total - n);
    const values = pending
      .subarray(0, n)
      .filter((value) => value !== spike)
      .sort();
    const spikes = n - values.length;
    let length = keptLength <= most && areAtoms(list) ? atomsOfChunk(values, most, incoming) : -1;
    if (length < 0) {
      length = clusterChunk(values, spikes, spike, largestCentroid(total, middle) / total, tail, incoming);
    }
    if (spikes > 0) insertSpike(incoming, length++, spike, spikes);
    return merge(keptLength, length, total, n, middle, tail, most);
  };

  const moments = new Float64Array(4);
  return {
    pending,
    kept,
    incoming,
    passing: new Float64Array(2 * MAX_CENTROIDS),
    moments,
    sortMemory: new Int32Array(1),
    momentsOfPending: (n) => momentsOfPending(pending, n, moments),
    compress,
    merge,
    digests: null,
  };
}

function areAtoms(list: Float64Array): boolean {
  for (let i = 1; i < list.length; i += 2) if (list[i] > 0) return false;
  return true;
}

function spikeOf(list: Float64Array, total: number): number {
  let heaviest = -SPIKE_SHARE * total;
  let spike = Number.NaN;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i + 1] > heaviest) continue;
    heaviest = list[i + 1];
    spike = list[i];
  }
  return spike;
}

function insertSpike(list: Float64Array, length: number, spike: number, weight: number): void {
  let i = 0;
  while (i < 2 * length && list[i] < spike) i += 2;
  list.copyWithin(i + 2, i, 2 * length);
  list[i] = spike;
  list[i + 1] = -weight;
}

function interleave(one: Float64Array, other: Float64Array, into: Float64Array): number {
  let i = 0;
  let j = 0;
  let out = 0;
  while (i < one.length && j < other.length) {
    const x = one[i];
    const y = other[j];
    const joins = x === y && one[i + 1] < 0 && other[j + 1] < 0;
    const isFirst = x < y || (x === y && (joins || one[i + 1] > 0));
    into[out] = isFirst ? x : y;
    into[out + 1] = joins ? one[i + 1] + other[j + 1] : isFirst ? one[i + 1] : other[j + 1];
    out += 2;
    if (isFirst) i += 2;
    if (joins || !isFirst) j += 2;
  }
  into.set(one.subarray(i), out);
  into.set(other.subarray(j), out + one.length - i);
  return (out + one.length - i + other.length - j) / 2;
}

function heavyValues(
  ours: Float64Array,
  theirs: Float64Array,
  ourWeight: number,
  theirWeight: number,
  middle: number,
): ReadonlySet<number> {
  const heavy = new Set<number>();
  for (const [list, its] of [
    [ours, ourWeight],
    [theirs, theirWeight],
  ] as const) {
    const least = -Math.max(LEAST_HEAVY, NEW_ATOM_SHARE * middle * its);
    for (let i = 0; i < list.length; i += 2) if (list[i + 1] <= least) heavy.add(list[i]);
  }
  return heavy;
}

function fold(
  list: Float64Array,
  into: Float64Array,
  total: number,
  middle: number,
  tail: number,
  heavy: ReadonlySet<number>,
): number {
  let left = foldOnce(list, into, total, middle, tail, heavy);
  for (let loose = 1.5; left < 0; loose *= 1.5) {
    left = foldOnce(list, into, total, middle * loose, tail * loose, new Set());
  }
  return left;
}

function foldOnce(
  list: Float64Array,
  into: Float64Array,
  total: number,
  middle: number,
  tail: number,
  heavy: ReadonlySet<number>,
): number {
  const cap = largestCentroid(total, middle);
  const right = tail / (1 + tail);
  const heavyWeight = -heavyAtom(cap);
  const isHeavyAtom = (i: number): boolean => list[i + 1] < 0 && (list[i + 1] <= heavyWeight || heavy.has(list[i]));
  const edges = { left: MAX_EDGES };
  let out = 0;
  let before = 0;
  let from = 0;
  while (from < list.length) {
    if (out === into.length) return -1;
    let weight = Math.abs(list[from + 1]);
    let to = from + 2;
    if (!isHeavyAtom(from)) {
      const limit = Math.min(cap, tail * before, right * (total - before));
      while (to < list.length) {
        const next = list[to + 1];
        if (weight + Math.abs(next) > limit || isHeavyAtom(to) || isGap(list, to, cap, edges)) break;
        weight += Math.abs(next);
        to += 2;
      }
    }
    const isAlone = to === from + 2;
    into[out] = isAlone ? list[from] : centreOfPairs(list.subarray(from, to), weight);
    into[out + 1] = isAlone ? list[from + 1] : weight;
    out += 2;
    before += weight;
    from = to;
  }
  return out / 2;
}

function isGap(list: Float64Array, at: number, cap: number, edges: { left: number }): boolean {
  if (at < 6 || at + 4 >= list.length) return false;
  const gap = list[at] - list[at - 2];
  const most = gap * GAP_SHARE;
  if (isDense(list, at - 2, -2, GAP_REACH * cap, most) && isDense(list, at, 2, GAP_REACH * cap, most)) return true;
  const edge = gap * EDGE_SHARE;
  const isNearBelow = list[at - 2] - list[at - 6] < edge;
  const isNearAbove = list[at + 4] - list[at] < edge;
  if (edges.left === 0) return false;
  const reach = EDGE_REACH * cap;
  const isEdge =
    (isNearBelow && isDense(list, at - 2, -2, reach, edge)) || (isNearAbove && isDense(list, at, 2, reach, edge));
  if (isEdge) edges.left--;
  return isEdge;
}

/** Whether the nearest pairs from `at` on, in steps of `step` and of weight `reach`, take up less than `most`. */
function isDense(list: Float64Array, at: number, step: number, reach: number, most: number): boolean {
  const from = list[at];
  let i = at;
  let sum = Math.abs(list[at + 1]);
  do {
    i += step;
    if (i < 0 || i >= list.length || Math.abs(list[i] - from) >= most) return false;
    sum += Math.abs(list[i + 1]);
  } while (sum < reach);
  return true;
}
