import { centreOfPairs } from './centre';
import { HEAVY, JOINED, KEPT, MAX_CENTROIDS } from './layout';
import { EDGE_REACH, EDGE_SHARE, GAP_REACH, GAP_SHARE, heavyAtom, largestCentroid, MAX_EDGES } from './size-rule';

/**
 * Folds neighbours of the `n` joined ones together, from left to right, as far as the size rule allows for `total`
 * weight, into KEPT; returns how many are left. Heavy atoms (heavy.ts) stay by themselves. Should data made for it leave
 * more than MAX_CENTROIDS, the rule is loosened until they fit.
 */
export function fold(n: i32, total: f64, middle: f64, tail: f64): i32 {
  let left = foldOnce(n, total, middle, tail);
  store<f64>(HEAVY, NaN);
  for (let loose: f64 = 1.5; left < 0; loose *= 1.5) left = foldOnce(n, total, middle * loose, tail * loose);
  return left;
}

function foldOnce(n: i32, total: f64, middle: f64, tail: f64): i32 {
  const cap = largestCentroid(total, middle);
  const right = tail / (1 + tail);
  const heavy = heavyAtom(cap);
  let nextHeavy: i32 = HEAVY;
  const reach = GAP_REACH * cap;
  const edgeReach = EDGE_REACH * cap;
  edgesLeft = MAX_EDGES;
  const stop = JOINED + (n << 4);
  const full = KEPT + (MAX_CENTROIDS << 4);
  let into: i32 = KEPT;
  let before: f64 = 0;
  let from: i32 = JOINED;
  while (from < stop) {
    if (into === full) return -1;
    const signed = load<f64>(from, 8);
    let weight = abs(signed);
    let to = from + 16;
    if (signed < 0 && load<f64>(from) === load<f64>(nextHeavy)) nextHeavy += 8;
    else if (signed > -heavy) {
      let limit = cap;
      if (tail * before < limit) limit = tail * before;
      if (right * (total - before) < limit) limit = right * (total - before);
      while (to < stop) {
        const next = load<f64>(to, 8);
        if (weight + abs(next) > limit) break;
        if (next < 0 && (next <= -heavy || load<f64>(to) === load<f64>(nextHeavy))) break;
        if (mayBeGap(to) && isGap(to, stop, reach, edgeReach)) break;
        weight += abs(next);
        to += 16;
      }
    }
    if (to === from + 16) v128.store(into, v128.load(from));
    else {
      store<f64>(into, centreOfPairs(from, to, weight));
      store<f64>(into, weight, 8);
    }
    before += weight;
    into += 16;
    from = to;
  }
  return (into - KEPT) >> 4;
}

let edgesLeft: i32 = 0;

/**
 * What the next neighbours but one say of a gap before the pair at `at`, which settles most: both are near, or a third on one
 * side is. Without a branch, also where a neighbour is none of the list, which `isGap` sees.
 */
function mayBeGap(at: i32): bool {
  const before = load<f64>(at - 16);
  const after = load<f64>(at);
  const most = (after - before) * GAP_SHARE;
  const edge = (after - before) * EDGE_SHARE;
  const isNearBoth = <i32>(before - load<f64>(at - 32) < most) & <i32>(load<f64>(at + 16) - after < most);
  return (isNearBoth | <i32>(before - load<f64>(at - 48) < edge) | <i32>(load<f64>(at + 32) - after < edge)) !== 0;
}

/**
 * Whether there is a gap before the pair at `at`: it is further from the one before than 1 / GAP_SHARE times what the nearest
 * centroids of weight `reach` on either side take up. So both sides are dense, and mass of both sides is no one's mean.
 */
function isGap(at: i32, stop: i32, reach: f64, edgeReach: f64): bool {
  if (at - 48 < JOINED || at + 32 >= stop) return false;
  const before = load<f64>(at - 16);
  const after = load<f64>(at);
  const most = (after - before) * GAP_SHARE;
  const edge = (after - before) * EDGE_SHARE;
  if (isDenseBelow(at - 16, reach, most) && isDenseAbove(at, stop, reach, most)) return true;
  if (edgesLeft === 0) return false;
  const isNearBelow = before - load<f64>(at - 48) < edge;
  const isNearAbove = load<f64>(at + 32) - after < edge;
  if (
    !(isNearBelow && isDenseBelow(at - 16, edgeReach, edge)) &&
    !(isNearAbove && isDenseAbove(at, stop, edgeReach, edge))
  )
    return false;
  edgesLeft--;
  return true;
}

function isDenseBelow(at: i32, reach: f64, most: f64): bool {
  const from = load<f64>(at);
  let sum = abs(load<f64>(at, 8));
  do {
    at -= 16;
    if (at < JOINED || from - load<f64>(at) >= most) return false;
    sum += abs(load<f64>(at, 8));
  } while (sum < reach);
  return true;
}

function isDenseAbove(at: i32, stop: i32, reach: f64, most: f64): bool {
  const from = load<f64>(at);
  let sum = abs(load<f64>(at, 8));
  do {
    at += 16;
    if (at >= stop || load<f64>(at) - from >= most) return false;
    sum += abs(load<f64>(at, 8));
  } while (sum < reach);
  return true;
}
