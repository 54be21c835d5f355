import { INCOMING, KEPT, PENDING } from './layout';

/** A value with this share of all weight is taken out of a chunk before it is sorted: zeros, defaults, the common class. */
export const SPIKE_SHARE: f64 = 0.25;

/** Address of the heaviest atom if it has SPIKE_SHARE of the weight `total` of the `kept` centroids, else 0. */
export function spikeOf(kept: i32, total: f64): i32 {
  let heaviest = -SPIKE_SHARE * total;
  let spike: i32 = 0;
  const end = KEPT + (kept << 4);
  for (let at = KEPT; at < end; at += 16) {
    const weight = load<f64>(at, 8);
    if (weight <= heaviest) {
      heaviest = weight;
      spike = at;
    }
  }
  return spike;
}

/** Moves the pending values that are not `spike` to the front, in their order, and returns how many there are. */
export function withoutSpike(n: i32, spike: f64): i32 {
  let into: i32 = PENDING;
  const end = PENDING + (n << 3);
  for (let at = PENDING; at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(into, value);
    into += (<i32>(value !== spike)) << 3;
  }
  return (into - PENDING) >> 3;
}

/** Puts the atom `spike` in its place among the `length` incoming centroids, of which none is on both sides of it. */
export function insertSpike(length: i32, spike: f64, weight: f64): i32 {
  let at: i32 = INCOMING;
  const end = INCOMING + (length << 4);
  while (at < end && load<f64>(at) < spike) at += 16;
  memory.copy(at + 16, at, end - at);
  store<f64>(at, spike);
  store<f64>(at, -weight, 8);
  return length + 1;
}
