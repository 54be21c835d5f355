import { atomsOfChunk, clusterChunk } from './cluster';
import { fold } from './fold';
import { findHeavy } from './heavy';
import { interleave } from './interleave';
import { JOINED, KEPT, SORT_MEMORY } from './layout';
import { largestCentroid } from './size-rule';
import { hasTies, sortChunk } from './sort';
import { insertSpike, spikeOf, withoutSpike } from './spike';

// For the other side to compare with its own.
export {
  BYTES,
  CHUNK,
  INCOMING,
  KEPT,
  MAX_CENTROIDS,
  MOMENTS,
  MOST_BYTES,
  MOST_SHARES,
  PASSING,
  PENDING,
  SHARES,
  TOLD,
  WRITTEN,
} from './layout';
export { momentsOfPending } from './moments';
export { quantiles } from './quantiles';
export { readDigest } from './read-bytes';
export {
  EDGE_REACH,
  EDGE_SHARE,
  GAP_REACH,
  GAP_SHARE,
  HEAVY_ATOM_SHARE,
  LEAST_HEAVY,
  MAX_EDGES,
  NEW_ATOM_SHARE,
} from './size-rule';
export { SPIKE_SHARE } from './spike';
export { writeDigest } from './write-bytes';

/**
 * Merges `n` pending values into the `kept` centroids and returns how many there are then. `total` is the weight of both,
 * up to `most` different values are kept exactly, and SORT_MEMORY is what the sort knows of the digest.
 */
export function compress(n: i32, kept: i32, total: f64, middle: f64, tail: f64, most: i32): i32 {
  const spikeAt = spikeOf(kept, total - <f64>n);
  const spike = load<f64>(spikeAt);
  const rest = spikeAt === 0 ? n : withoutSpike(n, spike);
  let incoming: i32 = 0;
  if (rest > 0) {
    store<i32>(SORT_MEMORY, sortChunk(rest, load<i32>(SORT_MEMORY)));
    incoming = kept <= most && areAtoms(KEPT, kept) ? atomsOfChunk(rest, most) : -1;
    const cap = largestCentroid(total, middle) / total;
    if (incoming < 0) incoming = clusterChunk(rest, n - rest, spike, cap, tail, hasTies(rest));
  }
  if (rest < n) incoming = insertSpike(incoming, spike, <f64>(n - rest));
  return merge(kept, incoming, total, <f64>n, middle, tail, most);
}

/**
 * Merges the `incoming` centroids into the `kept` ones and returns how many there are then. `total` is the weight of both,
 * `weight` that of what comes in; up to `most` different values are kept exactly.
 */
export function merge(kept: i32, incoming: i32, total: f64, weight: f64, middle: f64, tail: f64, most: i32): i32 {
  const joined = interleave(kept, incoming);
  if (joined > most || !areAtoms(JOINED, joined)) {
    findHeavy(kept, incoming, total, weight, middle);
    return fold(joined, total, middle, tail);
  }
  memory.copy(KEPT, JOINED, joined << 4);
  return joined;
}

/** Whether the `n` pairs at `list` are atoms, so that none of them stands for different values. */
function areAtoms(list: i32, n: i32): bool {
  const end = list + (n << 4);
  for (let at = list; at < end; at += 16) if (load<f64>(at, 8) > 0) return false;
  return true;
}
