import type { FieldCheck } from '@tidemark/agent';
import { BASELINE_SIZE_RULE, Digest } from '@tidemark/sketch';
import { FEATURE_NAMES } from './features.ts';
import type { Flights } from './flights.ts';

const LOWEST = 0.001;
const HIGHEST = 0.999;
/** Room beyond the outer quantiles on either side, as a share of their distance: a season that training has not seen still fits. */
const ROOM = 0.5;

/**
 * What training saw, as the checks of a guard: for every number the quantiles 0.001 and 0.999, moved apart by half their distance on either side; for
 * every category the values that came. Nothing else is known to it: neither what goes wrong later nor what the model does with a value.
 * `features` is row-major, one row for each flight from the first on.
 */
export function boundsOf(flights: Flights, features: Float32Array): FieldCheck[] {
  const width = FEATURE_NAMES.length;
  const rows = features.length / width;
  const column = (at: number) => Float32Array.from({ length: rows }, (_, row) => features[row * width + at]!);
  return [
    { stage: 'input', field: 'origin', values: namesOf(flights, flights.origin.subarray(0, rows)) },
    { stage: 'input', field: 'destination', values: namesOf(flights, flights.destination.subarray(0, rows)) },
    { stage: 'input', field: 'distance', ...rangeOf(flights.distance.subarray(0, rows)) },
    ...FEATURE_NAMES.map((field, at) => ({ field, ...rangeOf(column(at)) })),
  ];
}

function namesOf(flights: Flights, codes: Uint16Array): string[] {
  return [...new Set(codes)].map((code) => flights.airports[code]!).sort();
}

/** By the digest, under the rule that a baseline is made with, so that these are the quantiles a baseline has. */
function rangeOf(values: ArrayLike<number>): { readonly min: number; readonly max: number } {
  const digest = new Digest({ sizeRule: BASELINE_SIZE_RULE });
  digest.addAll(values);
  const low = digest.quantile(LOWEST);
  const high = digest.quantile(HIGHEST);
  // Where nearly all values are one, quantiles know of no others: then what was seen bounds what may come.
  if (low === high) return { min: digest.min, max: digest.max };
  const room = (high - low) * ROOM;
  return { min: low - room, max: high + room };
}
