import { HEAVY, INCOMING, KEPT } from './layout';
import { LEAST_HEAVY, NEW_ATOM_SHARE } from './size-rule';

/**
 * Writes the values of the atoms that stand out in the `kept` or in the `incoming` centroids, ascending, to HEAVY, and
 * behind them NaN: a value that has only begun to come does so in what comes in, long before it is heavy in all.
 */
export function findHeavy(kept: i32, incoming: i32, total: f64, weight: f64, middle: f64): void {
  const keptEnd = KEPT + (kept << 4);
  const incomingEnd = INCOMING + (incoming << 4);
  const keptHeavy = -max<f64>(LEAST_HEAVY, NEW_ATOM_SHARE * middle * (total - weight));
  const incomingHeavy = -max<f64>(LEAST_HEAVY, NEW_ATOM_SHARE * middle * weight);
  let one = nextHeavy(KEPT, keptEnd, keptHeavy);
  let other = nextHeavy(INCOMING, incomingEnd, incomingHeavy);
  let into: i32 = HEAVY;
  while (one < keptEnd || other < incomingEnd) {
    const x = one < keptEnd ? load<f64>(one) : Infinity;
    const y = other < incomingEnd ? load<f64>(other) : Infinity;
    store<f64>(into, x < y ? x : y);
    into += 8;
    if (x <= y) one = nextHeavy(one + 16, keptEnd, keptHeavy);
    if (y <= x) other = nextHeavy(other + 16, incomingEnd, incomingHeavy);
  }
  store<f64>(into, NaN);
}

/** Address of the first pair from `at` on that is an atom of at least the weight -`most`, or `end`. */
function nextHeavy(at: i32, end: i32, most: f64): i32 {
  while (at < end && load<f64>(at, 8) > most) at += 16;
  return at;
}
