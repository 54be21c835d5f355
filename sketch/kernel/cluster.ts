import { centreOfValues } from './centre';
import { ENDS, INCOMING, SORTED } from './layout';
import { EDGE_REACH, EDGE_SHARE, GAP_REACH, GAP_SHARE, HEAVY_ATOM_SHARE, MAX_EDGES } from './size-rule';

let edgesLeft: i32 = 0;
let endsOf: i32 = 0;
let endsMiddle: f64 = 0;
let endsTail: f64 = 0;

/**
 * Writes one atom for each distinct value of the `n` sorted ones into INCOMING and returns how many there are; -1, with
 * INCOMING unusable, when there are more than `most`.
 */
export function atomsOfChunk(n: i32, most: i32): i32 {
  let atoms: i32 = 0;
  let start: i32 = SORTED;
  const stop = SORTED + (n << 3);
  while (start < stop) {
    if (atoms === most) return -1;
    const end = runEnd(start, stop);
    storeAtom(INCOMING + (atoms++ << 4), load<f64>(start), <f64>((end - start) >> 3));
    start = end;
  }
  return atoms;
}

/**
 * Cuts the `n` sorted values into centroids by position, under half the size rule (every value weighs 1, so no sums are
 * needed to find the cuts), and writes them to INCOMING; returns how many. Runs of equal values long enough to be kept
 * as heavy atoms become atoms, and no cell crosses a gap. `spikes` values equal to `spike` belong among them, but are kept
 * elsewhere.
 */
export function clusterChunk(n: i32, spikes: i32, spike: f64, ruleMiddle: f64, ruleTail: f64, hasTies: bool): i32 {
  const all = n + spikes;
  if (all !== endsOf || ruleMiddle !== endsMiddle || ruleTail !== endsTail) makeEnds(all, ruleMiddle, ruleTail);
  const longRun = max<i32>(4, <i32>ceil(HEAVY_ATOM_SHARE * ruleMiddle * <f64>all));
  const reach = <i32>ceil(GAP_REACH * ruleMiddle * <f64>n);
  const edgeReach = <i32>ceil(EDGE_REACH * ruleMiddle * <f64>n);
  edgesLeft = MAX_EDGES;
  const reachBytes = reach << 3;
  const cut = spikes > 0 ? placeOf(spike, n) : n;
  let into: i32 = INCOMING;
  let start: i32 = 0;
  while (start < n) {
    const place = start < cut ? start : start + spikes;
    let end = start + load<i32>(ENDS + (place << 2)) - place;
    if (start < cut && end > cut) end = cut;
    const from = SORTED + (start << 3);
    const to = SORTED + (end << 3);
    const first = load<f64>(from);
    const last = load<f64>(to - 8);
    if (last === first) {
      if (end < n && load<f64>(to) === first) end = (runEnd(to, SORTED + (n << 3)) - SORTED) >> 3;
      storeAtom(into, first, <f64>(end - start));
    } else {
      if (start >= edgeReach && end + edgeReach <= n) {
        // Most cells are settled by what lies beside them.
        const most = (last - first) * GAP_SHARE;
        if (first - load<f64>(from - reachBytes) < most || load<f64>(to + reachBytes - 8) - last < most)
          end = cutAtGap(start, end, reach, edgeReach);
      }
      if (hasTies && end > start + 1) end = (cutAtRun(from, SORTED + (end << 3), n, longRun) - SORTED) >> 3;
      if (value(end - 1) === first) storeAtom(into, first, <f64>(end - start));
      else {
        store<f64>(into, centreOfValues(from, SORTED + (end << 3)));
        store<f64>(into, <f64>(end - start), 8);
      }
    }
    into += 16;
    start = end;
  }
  return (into - INCOMING) >> 4;
}

/** Where the cell that starts at each place ends under half the rule. */
function makeEnds(n: i32, ruleMiddle: f64, ruleTail: f64): void {
  endsOf = n;
  endsMiddle = ruleMiddle;
  endsTail = ruleTail;
  const middle = (ruleMiddle / 2) * <f64>n;
  const left = ruleTail / 2;
  const right = left / (1 + left);
  for (let start = 0; start < n; start++) {
    let size = middle;
    if (left * <f64>start < size) size = left * <f64>start;
    if (right * <f64>(n - start) < size) size = right * <f64>(n - start);
    store<i32>(ENDS + (start << 2), size < 2 ? start + 1 : start + <i32>size);
  }
}

/** How many of the `n` sorted values are below `limit`. */
function placeOf(limit: f64, n: i32): i32 {
  let low: i32 = 0;
  let high: i32 = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(middle) >= limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function value(i: i32): f64 {
  return load<f64>(SORTED + (i << 3));
}

function storeAtom(at: i32, mean: f64, weight: f64): void {
  store<f64>(at, mean);
  store<f64>(at, -weight, 8);
}

/**
 * The end of the cell, moved before its first gap: two neighbours further apart than 1 / GAP_SHARE times what the `reach`
 * values on either side of them take up.
 */
function cutAtGap(start: i32, end: i32, reach: i32, edgeReach: i32): i32 {
  const first = value(start);
  const last = value(end - 1);
  const most = (last - first) * GAP_SHARE;
  const below = first - value(start - reach);
  const above = value(end - 1 + reach) - last;
  const edge = (last - first) * EDGE_SHARE;
  if (
    (below >= most || above >= most) &&
    first - value(start - edgeReach) >= edge &&
    value(end - 1 + edgeReach) - last >= edge
  )
    return end;
  for (let i = start + 1; i < end; i++) {
    const before = value(i - 1);
    const after = value(i);
    const most = (after - before) * GAP_SHARE;
    if (before - value(i - 1 - reach) < most && value(i + reach) - after < most) return i;
    const edge = (after - before) * EDGE_SHARE;
    if (edgesLeft > 0 && (before - value(i - 1 - edgeReach) < edge || value(i + edgeReach) - after < edge)) {
      edgesLeft--;
      return i;
    }
  }
  return end;
}

/**
 * Where the cell from address `from` to `to` has to end so that no run of at least `longRun` equal values is mixed with
 * others: before the first such run, behind it when the cell starts with it, or at `to`.
 */
function cutAtRun(from: i32, to: i32, n: i32, longRun: i32): i32 {
  const stop = SORTED + (n << 3);
  const across = (longRun - 1) << 3;
  const last = min<i32>(to, stop - across);
  let at = from;
  while (at + 8 < last && !v128.any_true(f64x2.eq(v128.load(at), v128.load(at + across)))) at += 16;
  if (at < last && load<f64>(at) !== load<f64>(at + across)) at += 8;
  if (at >= last || load<f64>(at) !== load<f64>(at + across)) return to;
  return at === from ? runEnd(at, stop) : at;
}

/** Address behind the run of equal values that begins at or before address `at`. */
function runEnd(at: i32, stop: i32): i32 {
  const searched = load<f64>(at);
  let low = at + 8;
  // Short runs by steps, long ones by halving.
  const near = min<i32>(low + 56, stop);
  while (low < near && load<f64>(low) === searched) low += 8;
  if (low < near || low === stop) return low;
  let high = stop;
  while (low < high) {
    const middle = low + (((high - low) >> 4) << 3);
    if (load<f64>(middle) > searched) high = middle;
    else low = middle + 8;
  }
  return low;
}
