import { INCOMING, JOINED, KEPT } from './layout';

/**
 * Interleaves KEPT and INCOMING into JOINED, joining atoms of the same value and changing nothing else; returns how many.
 * At equal means plain centroids come first.
 *
 * From both ends at once: which side comes next depends on what came before it, and two such chains take the time of one.
 */
export function interleave(kept: i32, incoming: i32): i32 {
  let one: i32 = KEPT;
  let other: i32 = INCOMING;
  let into: i32 = JOINED;
  let oneEnd = KEPT + (kept << 4);
  let otherEnd = INCOMING + (incoming << 4);
  const end = JOINED + ((kept + incoming) << 4);
  let back = end;
  // A step takes at most one of either side, so those from the front and from the back do not meet.
  while (oneEnd - one >= 32 && otherEnd - other >= 32) {
    const x = load<f64>(one);
    const y = load<f64>(other);
    if (x === y) {
      const taken = takeEqual(one, other, into, false);
      one += (taken & 1) << 4;
      other += (taken & 2) << 3;
    } else {
      // Without a branch: which side comes next is anyone's guess.
      const first = <i32>(x < y);
      v128.store(into, v128.load(select(one, other, first)));
      one += first << 4;
      other += 16 - (first << 4);
    }
    into += 16;

    back -= 16;
    const last = load<f64>(oneEnd - 16);
    const otherLast = load<f64>(otherEnd - 16);
    if (last === otherLast) {
      const taken = takeEqual(oneEnd - 16, otherEnd - 16, back, true);
      oneEnd -= (taken & 1) << 4;
      otherEnd -= (taken & 2) << 3;
    } else {
      const isOne = <i32>(last > otherLast);
      v128.store(back, v128.load(select(oneEnd, otherEnd, isOne) - 16));
      oneEnd -= isOne << 4;
      otherEnd -= 16 - (isOne << 4);
    }
  }
  while (one < oneEnd && other < otherEnd) {
    const x = load<f64>(one);
    const y = load<f64>(other);
    const taken = x === y ? takeEqual(one, other, into, false) : 2 - <i32>(x < y);
    if (x !== y) v128.store(into, v128.load(taken === 1 ? one : other));
    one += (taken & 1) << 4;
    other += (taken & 2) << 3;
    into += 16;
  }
  memory.copy(into, one, oneEnd - one);
  into += oneEnd - one;
  memory.copy(into, other, otherEnd - other);
  into += otherEnd - other;
  memory.copy(into, back, end - back);
  return (into + end - back - JOINED) >> 4;
}

/**
 * Of two pairs of the same mean puts what comes first, or last, to `into`: both of them as one if they are atoms. Returns
 * which are done with, 1 for `one` and 2 for `other`.
 */
function takeEqual(one: i32, other: i32, into: i32, isLast: bool): i32 {
  const oneIsAtom = load<f64>(one, 8) < 0;
  if (oneIsAtom && load<f64>(other, 8) < 0) {
    store<f64>(into, load<f64>(one));
    store<f64>(into, load<f64>(one, 8) + load<f64>(other, 8), 8);
    return 3;
  }
  const isOne = oneIsAtom === isLast;
  v128.store(into, v128.load(isOne ? one : other));
  return isOne ? 1 : 2;
}
