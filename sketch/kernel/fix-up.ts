import { SORTED } from './layout';

/** So many values out of order, and the rest is smoothed before it is looked at one by one. */
const MANY_MISPLACED: i32 = 48;

/** Insertion sort among equal keys; gives up after 2n moves. */
export function fixUp(n: i32): bool {
  let budget = n << 4;
  let misplaced: i32 = 0;
  const end = SORTED + ((n - 1) << 3);
  let at = SORTED;
  while (at < end) {
    // Two and four pairs of neighbours at a time while they stand in order.
    while (
      at + 24 < end &&
      !v128.any_true(v128.or(f64x2.gt(v128.load(at), v128.load(at, 8)), f64x2.gt(v128.load(at, 16), v128.load(at, 24))))
    ) {
      at += 32;
    }
    while (at + 8 < end && !v128.any_true(f64x2.gt(v128.load(at), v128.load(at, 8)))) at += 16;
    if (at < end && load<f64>(at) <= load<f64>(at, 8)) at += 8;
    if (at >= end) break;
    if (load<f64>(at) <= load<f64>(at, 8)) continue;
    // Every one of these is a surprise to the processor, so many are better met without a branch.
    if (++misplaced === MANY_MISPLACED) {
      swapNeighbours(at, end);
      // What stands here now may belong before what was in order.
      at = max<i32>(at - 8, SORTED);
      continue;
    }
    const value = load<f64>(at, 8);
    let hole = at + 8;
    while (hole > SORTED && load<f64>(hole - 8) > value) {
      store<f64>(hole, load<f64>(hole - 8));
      hole -= 8;
    }
    store<f64>(hole, value);
    budget -= at + 8 - hole;
    if (budget < 0) return false;
    at += 8;
  }
  return true;
}

/** Two rounds of odd-even transposition from `from` to the last value at `end`: groups of two equal keys are sorted then. */
function swapNeighbours(from: i32, end: i32): void {
  for (let round = 0; round < 4; round++) {
    for (let at = from + ((round & 1) << 3); at < end; at += 16) {
      const pair = v128.load(at);
      const turned = v128.shuffle<f64>(pair, pair, 1, 0);
      v128.store(at, v128.shuffle<f64>(f64x2.pmin(pair, turned), f64x2.pmax(pair, turned), 0, 3));
    }
  }
}
